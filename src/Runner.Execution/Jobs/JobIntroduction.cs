using System.Text.Json;
using Runner.Execution.Reporting;
using Runner.Execution.Scopes;
using Runner.Jobs.Data;
using Runner.Jobs.Messages;
using Runner.Workflows.Templates;

namespace Runner.Execution.Jobs;

/// <summary>What the log of "Set up job" says of the job and its runner (<c>worker-semantics.md</c> section 1.1).</summary>
internal sealed class JobIntroduction(JobScope job, StepLog log)
{
    /// <summary>Which runner it is, where it runs, and how it came there.</summary>
    public void WriteRunner()
    {
        var runner = job.Payload.Runner;
        log.Write($"Current runner version: '{runner.Version}'");
        log.Write($"Runner name: '{runner.Name}'");
        WriteIfKnown("Runner group name", runner.GroupName ?? job.Message.Variable(JobVariables.RunnerGroupName));
        WriteIfKnown("Machine name", runner.MachineName);
        WriteGroup("Placement", runner.Placement);
        WriteGroup("Times", [.. LaunchTimeline.Lines(job.Payload.Times)]);
    }

    /// <summary>What the job's token may do.</summary>
    public void WritePermissions()
    {
        if (job.Message.Variable(JobVariables.TokenPermissions) is not { Length: > 0 } json)
        {
            return;
        }

        try
        {
            using var permissions = JsonDocument.Parse(json);
            if (permissions.RootElement.ValueKind == JsonValueKind.Object)
            {
                var members = permissions.RootElement.EnumerateObject();
                WriteGroup("GITHUB_TOKEN Permissions", [.. members.Select(permission => $"{permission.Name}: {permission.Value}")]);
            }
        }
        catch (JsonException)
        {
            log.Warning($"The permissions of the token cannot be shown: variable {JobVariables.TokenPermissions} is no JSON");
        }
    }

    /// <summary>The called workflow that the job is of, with its inputs; nothing of a job of the run's own.</summary>
    public void WriteCalledWorkflow()
    {
        // Of a job of a called workflow job.workflow_ref names the called file, github.workflow_ref the run's.
        var github = job.Message.ContextData.GetValueOrDefault("github") as DictionaryData;
        if (job.WorkflowMember("workflow_ref") is not { Length: > 0 } file || file == github?.FindText("workflow_ref"))
        {
            return;
        }

        log.Write(job.WorkflowMember("workflow_sha") is { Length: > 0 } commit ? $"Uses: {file} ({commit})" : $"Uses: {file}");
        var inputs = job.Message.ContextData.GetValueOrDefault("inputs") as DictionaryData;
        WriteGroup("Inputs", [.. (inputs?.Entries ?? []).Select(input => $"{input.Key}: {ContextValues.ToValue(input.Value).ToText()}")]);
    }

    private void WriteIfKnown(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            log.Write($"{name}: '{value}'");
        }
    }

    private void WriteGroup(string title, IReadOnlyList<string> lines)
    {
        if (lines.Count > 0)
        {
            log.WriteGroup(title, lines);
        }
    }
}
