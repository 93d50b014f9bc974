using System.Collections.Immutable;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Grammar;

namespace Runner.Workflows.Model;

/// <summary>Makes a job from tokens that the grammar has checked, and checks what no grammar can say.</summary>
internal sealed class JobReader(DiagnosticBag diagnostics)
{
    private static readonly string[] GroupPrefixes = ["org", "organization", "ent", "enterprise"];

    public WorkflowJob Read(ScalarToken key, MappingToken job)
    {
        Identifiers.Check(key, diagnostics);
        new ContainerChecker(diagnostics).Check(job.Find("container"), job.Find("services"));
        new MatrixChecker(diagnostics).Check(job.Find("strategy"));
        ConcurrencyChecker.Check(job.Find("concurrency"), diagnostics);
        SnapshotChecker.Check(job.Find("snapshot"), diagnostics);
        CheckRunnerGroup(job.Find("runs-on"));
        return new WorkflowJob
        {
            Id = key.ToString() ?? string.Empty,
            Position = key.Position,
            Name = job.Find("name"),
            Needs = [.. NeedsTokens(job).Select(need => need.Value).Distinct(StringComparer.OrdinalIgnoreCase)],
            WrittenNeeds = [.. NeedsTokens(job)],
            Condition = Conditions.Read(job.Find("if"), Scopes.JobCondition, diagnostics),
            ConditionPosition = job.Find("if")?.Position,
            Strategy = job.Find("strategy"),
            RunsOn = job.Find("runs-on"),
            Env = job.Find("env"),
            Defaults = job.Find("defaults"),
            Outputs = job.Find("outputs"),
            TimeoutMinutes = job.Find("timeout-minutes"),
            CancelTimeoutMinutes = job.Find("cancel-timeout-minutes"),
            ContinueOnError = job.Find("continue-on-error"),
            Container = job.Find("container"),
            Services = job.Find("services"),
            Environment = job.Find("environment"),
            Permissions = job.Find("permissions"),
            Concurrency = job.Find("concurrency"),
            Snapshot = job.Find("snapshot"),
            Steps = new StepReader(diagnostics, Scopes.StepCondition).Read(job.Find("steps")),
            Calls = job.Find("uses") is StringToken uses
                ? new CalledWorkflow(uses.Value, uses.Position, job.Find("with"), job.Find("secrets"))
                : null,
        };
    }

    /// <summary>The names that a job needs, with their places.</summary>
    public static IEnumerable<StringToken> NeedsTokens(MappingToken job) => job.Find("needs") switch
    {
        StringToken { Value.Length: > 0 } one => [one],
        SequenceToken list => list.Items.OfType<StringToken>().Where(need => need.Value.Length > 0),
        _ => [],
    };

    private void CheckRunnerGroup(TemplateToken? runsOn)
    {
        if (runsOn is not MappingToken mapping || mapping.Find("group") is not StringToken group || !group.Value.Contains('/', StringComparison.Ordinal))
        {
            return;
        }

        var parts = group.Value.Split('/');
        if (parts is [_, ""])
        {
            diagnostics.Add(group.Position, $"Invalid runs-on group name '{group.Value}'.");
        }
        else if (parts.Length != 2 || !GroupPrefixes.Contains(parts[0], StringComparer.Ordinal))
        {
            diagnostics.Add(
                group.Position,
                $"Invalid runs-on group name '{group.Value}'. "
                + "Please use 'organization/' or 'enterprise/' prefix to target a single runner group.");
        }
    }
}
