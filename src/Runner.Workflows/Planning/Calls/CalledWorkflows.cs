using System.Collections.Immutable;
using Runner.Jobs.Errors;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model;

namespace Runner.Workflows.Planning.Calls;

/// <summary>The workflows that a workflow calls, directly and through others, read and checked (GitHub's "Reusing workflows").</summary>
public sealed class CalledWorkflows
{
    // GitHub's limits: ten levels of workflows, of which the first is the run's own, and fifty different files.
    private const int MaxLevels = 10;
    private const int MaxWorkflows = 50;

    private readonly Dictionary<WorkflowPlace, Workflow> _workflows = [];

    private CalledWorkflows()
    {
    }

    /// <summary>None.</summary>
    public static CalledWorkflows None { get; } = new();

    /// <summary>All that is wrong with the calls and with what they call. Empty: each call has its workflow.</summary>
    public ImmutableArray<Diagnostic> Diagnostics { get; private set; } = [];

    /// <summary>Reads all that a workflow calls.</summary>
    /// <param name="workflow">The run's own workflow.</param>
    /// <param name="source">Where files come from.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    /// <exception cref="InfrastructureException">A source could not be reached.</exception>
    public static async Task<CalledWorkflows> LoadAsync(Workflow workflow, IWorkflowSource source, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(workflow);
        ArgumentNullException.ThrowIfNull(source);
        var called = new CalledWorkflows();
        var diagnostics = new List<Diagnostic>();
        await called.LoadCallsAsync(workflow, WorkflowPlace.OfRun(workflow.Path), 1, source, diagnostics, cancellationToken);
        called.Diagnostics = [.. diagnostics.Distinct()];
        return called;
    }

    /// <summary>The workflow at a place, or <c>null</c>: it was not read.</summary>
    internal Workflow? Find(WorkflowPlace place) => _workflows.GetValueOrDefault(place);

    private async Task LoadCallsAsync(
        Workflow workflow, WorkflowPlace place, int level, IWorkflowSource source, List<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        foreach (var call in workflow.Jobs.Select(job => job.Calls).OfType<CalledWorkflow>())
        {
            var problem = !place.TryResolve(call.Reference, out var target)
                ? $"'{call.Reference}' is neither ./path of this repository nor owner/repo/path@ref"
                : level >= MaxLevels
                    ? $"Calling '{call.Reference}' would nest workflows deeper than the {MaxLevels} levels that are allowed"
                    : await LoadAsync(target, level + 1, source, diagnostics, cancellationToken);
            if (problem is not null)
            {
                var position = call.Position;
                diagnostics.Add(new Diagnostic(workflow.Path, position?.Line ?? 0, position?.Column ?? 0, problem));
            }
        }
    }

    // What is wrong with the call; what is wrong inside of the file goes to the diagnostics.
    private async Task<string?> LoadAsync(
        WorkflowPlace place, int level, IWorkflowSource source, List<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        if (!_workflows.TryGetValue(place, out var workflow))
        {
            if (_workflows.Count >= MaxWorkflows)
            {
                return $"A run may call at most {MaxWorkflows} different workflows; '{place}' is one more";
            }

            string? text;
            try
            {
                text = await source.ReadAsync(place, cancellationToken);
            }
            catch (WorkflowException problem)
            {
                return $"Error calling workflow '{place}'. {problem.Message}";
            }

            if (text is null)
            {
                return $"Error calling workflow '{place}'. There is no such file";
            }

            var reading = WorkflowFile.Read(place.Repository is null ? place.Path : place.ToString(), text);
            if (reading.Workflow is null)
            {
                diagnostics.AddRange(reading.Diagnostics);
                return null;
            }

            workflow = reading.Workflow;
            if (workflow.FindTrigger("workflow_call") is null)
            {
                return $"Error calling workflow '{place}'. It is not reusable: 'on' lacks workflow_call";
            }

            _workflows[place] = workflow;
        }

        // A file that was read before is walked again: on this way it may be too deep.
        await LoadCallsAsync(workflow, place, level, source, diagnostics, cancellationToken);
        return null;
    }
}
