using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Runner.Jobs.Messages;

namespace Runner.Workflows.Planning;

/// <summary>The variables and masks of a job message (<c>job-message.md</c> section 6).</summary>
internal static class JobVariableTable
{
    public static ImmutableSortedDictionary<string, VariableValue> Build(PlannedJob planned, JobMessageContext context)
    {
        var variables = ImmutableSortedDictionary.CreateBuilder<string, VariableValue>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, secret) in planned.Plan.Request.Secrets)
        {
            variables[name] = new VariableValue { Value = secret.Reveal(), IsSecret = true };
        }

        var github = planned.Plan.GitHub;
        var token = new VariableValue { Value = context.GitHubToken.Reveal(), IsSecret = true };
        variables[JobVariables.GitHubToken] = token;
        variables["github_token"] = token;
        variables[JobVariables.TokenPermissions] = Plain(TokenPermissions.ToJson(planned.Job.Permissions ?? planned.Plan.Workflow.Permissions));
        variables[JobVariables.JobKey] = Plain(planned.Job.Id);
        variables["system.jobId"] = Plain(context.JobId.ToString());
        variables["system.phaseDisplayName"] = Plain(planned.DisplayName);
        variables["system.culture"] = Plain("en-US");
        variables["system.orchestrationId"] = Plain($"{context.PlanId}.{planned.Id}.__default");
        variables[JobVariables.RunnerGroupName] = Plain(context.RunnerGroupName);
        variables[JobVariables.RunnerEnvironment] = Plain("self-hosted");
        variables["system.workflowFilePath"] = Plain(planned.Plan.Workflow.Path);
        variables["system.workflowFileFullPath"] = Plain($"{github.FindText("repository")}/{planned.Plan.Workflow.Path}");
        variables["system.workflowFileRef"] = Plain(github.FindText("ref"));
        variables["system.workflowFileSha"] = Plain(github.FindText("sha"));
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
        .. planned.Plan.Request.Secrets.Select(secret => secret.Value.Reveal())
            .Append(context.GitHubToken.Reveal())
            .Where(value => value.Length > 0)
            .Distinct(StringComparer.Ordinal)
            .Select(value => new MaskHint { Type = MaskType.Regex, Value = Regex.Escape(value) }),
    ];

    private static VariableValue Plain(string? value) => new() { Value = value };

    private static void AddAddress(ImmutableSortedDictionary<string, VariableValue>.Builder variables, string name, Uri? address)
    {
        if (address is not null)
        {
            variables[name] = Plain(address.AbsoluteUri);
        }
    }
}
