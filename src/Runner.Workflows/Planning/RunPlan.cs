using System.Collections.Immutable;
using Runner.Expressions.Values;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Calls;
using Runner.Workflows.Planning.Calls;
using Runner.Workflows.Runs;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Planning;

/// <summary>What became of planning a run.</summary>
/// <param name="Plan">The plan; <c>null</c> where there is any diagnostic.</param>
/// <param name="Diagnostics">Why the run cannot start.</param>
public sealed record RunPlanning(RunPlan? Plan, ImmutableArray<Diagnostic> Diagnostics);

/// <summary>
/// A run of a workflow: its jobs in an order in which each stands behind those it needs, and the contexts that all of them share. What a
/// job becomes — skipped, one job, a matrix of them, a called workflow — shows when the jobs it needs have ended: <see cref="RunState"/>.
/// </summary>
public sealed record RunPlan
{
    private RunPlan()
    {
    }

    /// <summary>The workflow.</summary>
    public required Workflow Workflow { get; init; }

    /// <summary>What the run started from.</summary>
    public required RunRequest Request { get; init; }

    /// <summary>The completed <c>github</c> context.</summary>
    public required DictionaryData GitHub { get; init; }

    /// <summary>The workflow's jobs, each behind those it needs; else in the order of the file.</summary>
    public required ImmutableArray<WorkflowJob> Jobs { get; init; }

    /// <summary>The run's shown name: <c>run-name</c>, else the workflow's name.</summary>
    public required string Name { get; init; }

    /// <summary>The <c>inputs</c> context, typed and with defaults; empty for an event that has none.</summary>
    public DictionaryData Inputs { get; init; } = DictionaryData.Empty;

    /// <summary>The run's concurrency group, or <c>null</c>.</summary>
    public ConcurrencyRequest? Concurrency { get; init; }

    /// <summary>The run's own workflow as a scope of jobs.</summary>
    internal WorkflowScope Scope => new()
    {
        Plan = this,
        Workflow = Workflow,
        Place = WorkflowPlace.OfRun(Workflow.Path),
        Jobs = Jobs,
        Inputs = Inputs,
        Secrets = Request.Secrets,
        Concurrency = Concurrency,
    };

    /// <summary>Plans a run.</summary>
    public static RunPlanning Create(Workflow workflow, RunRequest request)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        ArgumentNullException.ThrowIfNull(request);
        var diagnostics = new DiagnosticBag(workflow.Path);
        ReportUnreadCalls(workflow, diagnostics);
        var plan = new RunPlan
        {
            Workflow = workflow,
            Request = request,
            GitHub = GitHubContext.Complete(workflow, request),
            Jobs = Order(workflow),
            Name = workflow.DisplayName,
        };
        plan = plan with { Inputs = Evaluate("inputs", plan.ReadInputs, DictionaryData.Empty, diagnostics) };
        plan = plan with { GitHub = plan.WithEventInputs() };
        plan = plan with
        {
            Name = Evaluate("run-name", plan.ReadName, workflow.DisplayName, diagnostics),
            Concurrency = Evaluate("concurrency", () => ConcurrencyRequest.Read(workflow.Concurrency, plan.Evaluator()), null, diagnostics),
        };
        return new RunPlanning(diagnostics.IsEmpty ? plan : null, diagnostics.ToImmutable());
    }

    /// <summary>The jobs of a workflow, each behind those it needs.</summary>
    internal static ImmutableArray<WorkflowJob> Order(Workflow workflow)
    {
        var ordered = ImmutableArray.CreateBuilder<WorkflowJob>(workflow.Jobs.Length);
        var placed = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (workflow.Jobs.FirstOrDefault(job => !placed.Contains(job.Id) && job.Needs.All(placed.Contains)) is { } next)
        {
            ordered.Add(next);
            placed.Add(next.Id);
        }

        return ordered.Count == workflow.Jobs.Length
            ? ordered.ToImmutable()
            : throw new ArgumentException("The jobs need each other in a circle; such a workflow has diagnostics and no model", nameof(workflow));
    }

    private static void ReportUnreadCalls(Workflow workflow, DiagnosticBag diagnostics)
    {
        foreach (var job in workflow.Jobs.Where(job => job.Calls is { Workflow: null }))
        {
            diagnostics.Add(job.Calls?.Position, $"Job '{job.Id}' calls '{job.Calls?.Reference}', which was not read");
        }
    }

    private static T Evaluate<T>(string key, Func<T> evaluate, T otherwise, DiagnosticBag diagnostics)
    {
        try
        {
            return evaluate();
        }
        catch (WorkflowException problem)
        {
            diagnostics.Add(null, $"Error when evaluating '{key}'. {problem.Message}");
            return otherwise;
        }
    }

    private TemplateEvaluator Evaluator() => new JobContexts(Scope).Evaluator();

    private string ReadName()
    {
        var name = Evaluator().EvaluateText(Workflow.RunName).Trim();
        return name.Length == 0 ? Workflow.DisplayName : name;
    }

    // Of the two events that have inputs they are typed; what is given to any other is taken as it is.
    private DictionaryData ReadInputs()
    {
        if (Request.EventName is not ("workflow_dispatch" or "workflow_call"))
        {
            return Request.Inputs ?? DictionaryData.Empty;
        }

        var definitions = Workflow.FindTrigger(Request.EventName)?.Inputs ?? [];
        var given = new OrderedDictionary<string, Value>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in InputsOfPayload().Concat(Request.Inputs?.Entries ?? []))
        {
            given[name] = ContextValues.ToValue(value);
        }

        return InputValues.Resolve(definitions, given, Evaluator(), comesFromOutside: true);
    }

    // GitHub's payload has all inputs of a dispatch, defaults too, as texts.
    private DictionaryData WithEventInputs() =>
        Request.EventName == "workflow_dispatch" && GitHub.Find("event") is DictionaryData happened
            ? GitHub.With("event", happened.With("inputs", DictionaryData.FromStrings(
                Inputs.Entries.Select(input => KeyValuePair.Create(input.Key, ContextValues.ToValue(input.Value).ToText())))))
            : GitHub;

    private ImmutableArray<KeyValuePair<string, ContextData>> InputsOfPayload() =>
        (Request.Event as DictionaryData)?.Find("inputs") is DictionaryData inputs ? inputs.Entries : [];
}
