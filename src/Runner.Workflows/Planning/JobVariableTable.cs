using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Runner.Jobs.Data;
using Runner.Jobs.Messages;
using Runner.Workflows.Model.Calls;
using Runner.Workflows.Model.Parts;

namespace Runner.Workflows.Planning;

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
        AddWorkflowFile(variables, planned.Scope.Place, github);
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

    // Of a called workflow these name the called one's file: job.workflow_*, while github.workflow_ref stays the caller's.
    private static void AddWorkflowFile(
        ImmutableSortedDictionary<string, VariableValue>.Builder variables, WorkflowPlace place, DictionaryData github)
    {
        variables["system.workflowFilePath"] = Plain(place.Path);
        variables["system.workflowFileFullPath"] = Plain($"{place.Repository ?? github.FindText("repository")}/{place.Path}");
        variables["system.workflowFileRef"] = Plain(place.Repository is null ? github.FindText("ref") : place.Ref);
        variables["system.workflowFileSha"] = Plain(place.Repository is null ? github.FindText("sha") : null);
    }

    private static VariableValue Plain(string? value) => new() { Value = value };

    private static void AddAddress(ImmutableSortedDictionary<string, VariableValue>.Builder variables, string name, Uri? address)
    {
        if (address is not null)
        {
            variables[name] = Plain(address.AbsoluteUri);
        }
    }
}
