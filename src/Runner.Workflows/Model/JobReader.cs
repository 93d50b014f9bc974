using System.Collections.Immutable;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Grammar;
using Runner.Workflows.Model.Parts;

namespace Runner.Workflows.Model;

/// <summary>Makes a job from tokens that the grammar has checked, and checks what no grammar can say.</summary>
internal sealed class JobReader(DiagnosticBag diagnostics)
{
    private static readonly string[] GroupPrefixes = ["org", "organization", "ent", "enterprise"];

    public WorkflowJob Read(ScalarToken key, MappingToken job)
    {
        Identifiers.Check(key, diagnostics);
        var container = WorkflowContainer.Read(job.Find("container"));
        var services = WorkflowServices.Read(job.Find("services"));
        var strategy = WorkflowStrategy.Read(job.Find("strategy"));
        var concurrency = WorkflowConcurrency.Read(job.Find("concurrency"));
        var snapshot = WorkflowSnapshot.Read(job.Find("snapshot"));
        var runsOn = RunsOn.Read(job.Find("runs-on"));
        new ContainerChecker(diagnostics).Check(container, services);
        new MatrixChecker(diagnostics).Check(strategy?.Matrix);
        ConcurrencyChecker.Check(concurrency, diagnostics);
        SnapshotChecker.Check(snapshot, diagnostics);
        CheckRunnerGroup(runsOn);
        return new WorkflowJob
        {
            Id = key.ToString() ?? string.Empty,
            Position = key.Position,
            Name = job.Find("name"),
            Needs = [.. NeedsTokens(job).Select(need => need.Value).Distinct(StringComparer.OrdinalIgnoreCase)],
            WrittenNeeds = [.. NeedsTokens(job)],
            Condition = Conditions.Read(job.Find("if"), Scopes.JobCondition, diagnostics),
            ConditionPosition = job.Find("if")?.Position,
            Strategy = strategy,
            RunsOn = runsOn,
            Env = job.Find("env"),
            Defaults = WorkflowDefaults.Read(job.Find("defaults")),
            Outputs = job.Find("outputs"),
            TimeoutMinutes = job.Find("timeout-minutes"),
            CancelTimeoutMinutes = job.Find("cancel-timeout-minutes"),
            ContinueOnError = job.Find("continue-on-error"),
            Container = container,
            Services = services,
            Environment = DeploymentEnvironment.Read(job.Find("environment")),
            Permissions = WorkflowPermissions.Read(job.Find("permissions")),
            Concurrency = concurrency,
            Snapshot = snapshot,
            CacheAccess = CacheModes.Read(job.Find("cache-mode")),
            Steps = new StepReader(diagnostics, Scopes.StepCondition).Read(job.Find("steps")),
            HasSteps = job.Find("steps") is SequenceToken { Items.IsEmpty: false },
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

    private void CheckRunnerGroup(RunsOn? runsOn)
    {
        if (runsOn?.Group is not StringToken group || !group.Value.Contains('/', StringComparison.Ordinal))
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
