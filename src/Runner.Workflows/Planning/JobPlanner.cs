using System.Collections.Immutable;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Tokens;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Matrix;
using Runner.Workflows.Model.Parts;
using Runner.Workflows.Planning.Calls;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Planning;

/// <summary>Decides over a job: its <c>if</c>, its matrix, and of each leg the name, the runner and the limits. Pure.</summary>
internal static class JobPlanner
{
    private const int MaxNameLength = 100;
    private const string KeyOfProblem = "key";

    /// <param name="scope">The workflow that the job is in.</param>
    /// <param name="job">The job.</param>
    /// <param name="needs">Results of the jobs that it names in <c>needs</c>.</param>
    /// <param name="ancestors">Results of those and of all that they need.</param>
    /// <param name="isRunCanceled">Whether the run is being cancelled.</param>
    public static JobDecision Decide(
        WorkflowScope scope, WorkflowJob job, IReadOnlyCollection<NeedResult> needs, IReadOnlyCollection<NeedResult> ancestors, bool isRunCanceled)
    {
        var contexts = new JobContexts(scope)
        {
            Needs = new DictionaryData([.. needs.Select(need => KeyValuePair.Create<string, ContextData>(need.JobId, need.ToData()))]),
        };
        try
        {
            var functions = JobStatusFunctions.Over(ancestors, isRunCanceled);
            return Evaluate("if", job, () => contexts.Evaluator(functions).EvaluateCondition(job.Condition))
                ? PlanLegs(job, contexts)
                : Unless(UnknownOf(job, contexts).Contains("if"), job, contexts, new JobDecision.Skip());
        }
        catch (WorkflowException problem)
        {
            return Unless(UnknownOf(job, contexts).Any(key => HasPartIn(key, problem)), job, contexts, new JobDecision.Fail(problem.Message));
        }
    }

    // A mistake in another key is one, whatever the outputs turn out to be. All but the condition may be made of the matrix.
    private static bool HasPartIn(string unknown, WorkflowException problem) => problem.Data[KeyOfProblem] is not string key
        || key == unknown || (key, unknown) is ("uses", "with") || (unknown == "strategy" && key != "if");

    private static JobDecision Unless(bool isUnknown, WorkflowJob job, JobContexts contexts, JobDecision decision) =>
        isUnknown ? new JobDecision.Unknown(UnknownOf(job, contexts)) : decision;

    private static ImmutableArray<string> UnknownOf(WorkflowJob job, JobContexts contexts) =>
        contexts.Scope.IsPreview ? UnknownValues.KeysOf(job, contexts) : [];

    private static JobDecision PlanLegs(WorkflowJob job, JobContexts contexts)
    {
        var strategy = Evaluate("strategy", job, () => JobStrategy.Read(job.Strategy, contexts.Evaluator()));
        var total = Math.Max(1, strategy.Combinations.Length);
        var filter = contexts.Plan.Request.MatrixFilter.ToLookup(entry => entry.Key, entry => entry.Value, StringComparer.OrdinalIgnoreCase);
        var wanted = Enumerable.Range(0, total).Where(index => strategy.Combinations.IsEmpty || IsWanted(strategy.Combinations[index], filter));
        var legs = wanted.Select(index =>
        {
            var combination = strategy.Combinations.IsEmpty ? null : strategy.Combinations[index];
            var own = contexts with
            {
                Strategy = strategy.ToData(index, total),
                Matrix = combination is null ? NullData.Instance : ContextValues.ToData(combination.Values),
            };
            return PlanLeg(job, own, index, combination?.NameParts ?? []);
        });
        ImmutableArray<PlannedLeg> all = [.. legs];
        return all.IsEmpty
            ? new JobDecision.Fail($"No leg of the matrix of job '{job.Id}' has what was asked for: {string.Join(", ", contexts.Plan.Request.MatrixFilter.Select(entry => $"{entry.Key}:{entry.Value}"))}")
            : new JobDecision.Run(all, strategy.FailFast, strategy.MaxParallel);
    }

    private static bool IsWanted(MatrixCombination combination, ILookup<string, string> filter) => filter.All(
        wanted => combination.Values.Find(wanted.Key) is not { } value || wanted.Contains(value.ToText(), StringComparer.OrdinalIgnoreCase));

    private static PlannedLeg PlanLeg(WorkflowJob job, JobContexts contexts, int index, ImmutableArray<string> nameParts)
    {
        var evaluator = contexts.Evaluator();
        var id = contexts.Scope.IdOf(job, index);
        var name = contexts.Scope.NamePrefix + Evaluate("name", job, () => DisplayName(job, evaluator, nameParts));
        var concurrency = Evaluate("concurrency", job, () => ConcurrencyRequest.Read(job.Concurrency, evaluator));
        if (job.Calls is { } call)
        {
            return new PlannedLeg.Call(
                id, name, concurrency, Evaluate("uses", job, () => CallPlanner.Plan(job, call, contexts, id, name)));
        }

        var (labels, group) = Evaluate("runs-on", job, () => Runner(job.RunsOn, evaluator));
        return new PlannedLeg.Job(new PlannedJob(contexts)
        {
            Id = id,
            Job = job,
            DisplayName = name,
            Labels = labels,
            RunnerGroup = group,
            ContinueOnError = Evaluate("continue-on-error", job, () => IsTrue(job.ContinueOnError, evaluator)),
            Timeout = Evaluate("timeout-minutes", job, () => Minutes(job.TimeoutMinutes, evaluator, byDefault: 360)),
            CancelTimeout = Evaluate("cancel-timeout-minutes", job, () => Minutes(job.CancelTimeoutMinutes, evaluator, byDefault: 5)),
            EnvironmentName = Evaluate("environment", job, () => EnvironmentName(job.Environment?.Name, evaluator)),
            Concurrency = concurrency,
            Unknown = UnknownOf(job, contexts),
        });
    }

    private static (ImmutableArray<string> Labels, string? Group) Runner(RunsOn? runsOn, TemplateEvaluator evaluator)
    {
        ImmutableArray<string> labels = [.. evaluator.EvaluateTextList(runsOn?.Labels).Where(label => label.Length > 0)];
        var group = evaluator.EvaluateText(runsOn?.Group) is { Length: > 0 } name ? name : null;
        return labels.IsEmpty && group is null
            ? throw new WorkflowException("It comes out empty: no runner has no label and no group", runsOn?.Written.Position)
            : (labels, group);
    }

    // A name with an expression stands for itself; any other one gets the values of the matrix.
    private static string DisplayName(WorkflowJob job, TemplateEvaluator evaluator, ImmutableArray<string> parts)
    {
        var name = evaluator.EvaluateText(job.Name);
        if (job.Name is ExpressionToken && name.Length > 0)
        {
            return name;
        }

        var own = name.Length == 0 ? job.Id : name;
        var whole = parts.IsEmpty ? own : $"{own} ({string.Join(", ", parts)})";
        return whole.Length > MaxNameLength ? Start(whole, MaxNameLength - 3) + "..." : whole;
    }

    // Counted as GitHub counts, but half of a character is none.
    private static string Start(string text, int length) => text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    private static bool IsTrue(TemplateToken? token, TemplateEvaluator evaluator) =>
        token is not (null or NullToken) && evaluator.EvaluateBoolean(token);

    private static TimeSpan Minutes(TemplateToken? token, TemplateEvaluator evaluator, double byDefault)
    {
        var minutes = token is null or NullToken ? byDefault : evaluator.EvaluateNumber(token);
        return double.IsNaN(minutes) || minutes <= 0 ? TimeSpan.FromMinutes(byDefault) : TimeSpan.FromMinutes(Math.Min(minutes, int.MaxValue));
    }

    private static string? EnvironmentName(TemplateToken? token, TemplateEvaluator evaluator)
    {
        var name = evaluator.EvaluateText(token);
        return name.Length == 0 ? null : name;
    }

    private static TResult Evaluate<TResult>(string key, WorkflowJob job, Func<TResult> evaluate)
    {
        try
        {
            return evaluate();
        }
        catch (WorkflowException problem)
        {
            throw new WorkflowException($"Error when evaluating '{key}' for job '{job.Id}'. {problem.Message}", problem) { Data = { [KeyOfProblem] = key } };
        }
    }
}
