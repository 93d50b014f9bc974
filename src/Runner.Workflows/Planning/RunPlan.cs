using System.Collections.Immutable;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model;

namespace Runner.Workflows.Planning;

/// <summary>What became of planning a run.</summary>
/// <param name="Plan">The plan; <c>null</c> where there is any diagnostic.</param>
/// <param name="Diagnostics">Why the run cannot start.</param>
public sealed record RunPlanning(RunPlan? Plan, ImmutableArray<Diagnostic> Diagnostics);

/// <summary>
/// A run of a workflow: its jobs in an order in which each stands behind those it needs, and the contexts that all of them share. What a
/// job becomes — skipped, one job, a matrix of them — shows when the jobs it needs have ended: <see cref="RunState"/>.
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

    /// <summary>Plans a run.</summary>
    public static RunPlanning Create(Workflow workflow, RunRequest request)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        ArgumentNullException.ThrowIfNull(request);
        var diagnostics = new DiagnosticBag(workflow.Path);
        foreach (var job in workflow.Jobs.Where(job => job.Calls is not null))
        {
            diagnostics.Add(job.Calls?.Position, $"Job '{job.Id}' calls a workflow ('uses'), which cannot be planned yet");
        }

        var plan = new RunPlan
        {
            Workflow = workflow,
            Request = request,
            GitHub = GitHubContext.Complete(workflow, request),
            Jobs = Order(workflow),
            Name = workflow.DisplayName,
        };
        plan = plan with { Name = EvaluateName(plan, diagnostics) };
        return new RunPlanning(diagnostics.IsEmpty ? plan : null, diagnostics.ToImmutable());
    }

    private static string EvaluateName(RunPlan plan, DiagnosticBag diagnostics)
    {
        try
        {
            var name = new JobContexts(plan).Evaluator().EvaluateText(plan.Workflow.RunName).Trim();
            return name.Length == 0 ? plan.Workflow.DisplayName : name;
        }
        catch (WorkflowException problem)
        {
            diagnostics.Add(null, $"Error when evaluating 'run-name'. {problem.Message}");
            return plan.Workflow.DisplayName;
        }
    }

    private static ImmutableArray<WorkflowJob> Order(Workflow workflow)
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
}
