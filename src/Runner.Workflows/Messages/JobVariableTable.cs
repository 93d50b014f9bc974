using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Runner.Jobs.Data;
using Runner.Jobs.Messages;
using Runner.Workflows.Model.Calls;
using Runner.Workflows.Model.Parts;
using Runner.Workflows.Planning;

namespace Runner.Workflows.Messages;

/// <summary>The variables and masks of a job message (<c>job-message.md</c> section 6).</summary>
internal static class JobVariableTable
{
    public static ImmutableSortedDictionary<string, VariableValue> Build(PlannedJob planned, JobMessageContext context)
    {
        var variables = ImmutableSortedDictionary.CreateBuilder<string, VariableValue>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, secret) in planned.Scope.Secrets)
        {
            variables[name] = new VariableValue { Value = secret.Reveal(), IsSecret = true };
        }

        var github = planned.Plan.GitHub;
        var token = new VariableValue { Value = context.GitHubToken.Reveal(), IsSecret = true };
        variables[JobVariables.GitHubToken] = token;
        variables.Remove("github_token"); // else the spelling of the user's own would stay: secrets are shown by the names of the message
        variables["github_token"] = token;
        variables[JobVariables.TokenPermissions] = Plain(planned.Permissions.ToJson());
        variables[JobVariables.JobKey] = Plain(planned.Job.Id);
        variables["system.jobId"] = Plain(context.JobId.ToString());
        variables["system.phaseDisplayName"] = Plain(planned.DisplayName);
        variables["system.culture"] = Plain("en-US");
        variables[JobVariables.OrchestrationId] = Plain(OrchestrationId.Of(context.PlanId, planned.Id.JobKey, planned.Id.Index));
        if (planned.CacheAccess is { } caches)
        {
            variables[JobVariables.CacheMode] = Plain(caches.ToText());
        }

        variables[JobVariables.RunnerGroupName] = Plain(context.RunnerGroupName);
        variables[JobVariables.RunnerEnvironment] = Plain("self-hosted");
        var file = FileOf(planned.Scope.Place, github);
        variables["system.workflowFilePath"] = Plain(file.Path);
        variables["system.workflowFileFullPath"] = Plain($"{file.Repository}/{file.Path}");
        variables["system.workflowFileRef"] = Plain(file.Ref);
        variables["system.workflowFileSha"] = Plain(file.Sha);
        AddAddress(variables, JobVariables.ResultsEndpoint, context.ResultsEndpoint);
        AddAddress(variables, JobVariables.LaunchEndpoint, context.LaunchEndpoint);
        foreach (var (name, value) in context.Variables)
        {
            variables[name] = Plain(value);
        }

        return variables.ToImmutable();
    }

    /// <summary>A pattern for each secret value.</summary>
    public static ImmutableArray<MaskHint> Masks(PlannedJob planned, JobMessageContext context) =>
    [
        .. planned.Scope.Secrets.Select(secret => secret.Value.Reveal())
            .Append(context.GitHubToken.Reveal())
            .Where(value => value.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .Select(value => new MaskHint { Type = MaskType.Regex, Value = Regex.Escape(value) }),
    ];

    /// <summary>The context <c>job</c> as GitHub's service sends it; the worker adds what it alone knows.</summary>
    public static DictionaryData JobContext(PlannedJob planned, long number)
    {
        var file = FileOf(planned.Scope.Place, planned.Plan.GitHub);
        return new DictionaryData(
        [
            KeyValuePair.Create<string, ContextData>("check_run_id", new NumberData(number)),
            KeyValuePair.Create<string, ContextData>("workflow_ref", new StringData($"{file.Repository}/{file.Path}@{file.Ref}")),
            KeyValuePair.Create<string, ContextData>("workflow_sha", new StringData(file.Sha ?? string.Empty)),
            KeyValuePair.Create<string, ContextData>("workflow_repository", new StringData(file.Repository ?? string.Empty)),
            KeyValuePair.Create<string, ContextData>("workflow_file_path", new StringData(file.Path)),
        ]);
    }

    // Of a called workflow these name the called one's file: job.workflow_*, while github.workflow_ref stays the caller's.
    private static (string Path, string? Repository, string? Ref, string? Sha) FileOf(WorkflowPlace place, DictionaryData github) => place.Repository is null
        ? (place.Path, github.FindText("repository"), github.FindText("ref"), github.FindText("sha"))
        : (place.Path, place.Repository, place.Ref, null);

    private static VariableValue Plain(string? value) => new() { Value = value };

    private static void AddAddress(ImmutableSortedDictionary<string, VariableValue>.Builder variables, string name, Uri? address)
    {
        if (address is not null)
        {
            variables[name] = Plain(address.AbsoluteUri);
        }
    }
}
