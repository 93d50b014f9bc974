using Runner.Expressions.Values;
using Runner.Jobs.Errors;
using Runner.Workflows.Model.Parts;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Planning;

/// <summary><c>concurrency</c> of a workflow or job, evaluated.</summary>
/// <param name="Group">Name of the group, compared without regard to case.</param>
/// <param name="CancelsInProgress">Whether whoever holds the group is cancelled.</param>
/// <param name="KeepsQueue"><c>queue: max</c>: whether those that wait already go on waiting, instead of being cancelled for the new one.</param>
public sealed record ConcurrencyRequest(string Group, bool CancelsInProgress, bool KeepsQueue)
{
    /// <summary>Evaluates it. <c>null</c> where nothing is written, or where the group's name comes out empty: then there is no group.</summary>
    /// <exception cref="WorkflowException">It cannot be evaluated.</exception>
    internal static ConcurrencyRequest? Read(WorkflowConcurrency? concurrency, TemplateEvaluator evaluator)
    {
        if (concurrency is null)
        {
            return null;
        }

        var keepsQueue = concurrency.Queue == ConcurrencyWaiting.Max;
        var cancelsInProgress = evaluator.Evaluate(concurrency.CancelInProgress) switch
        {
            BooleanValue boolean => boolean.Value,
            NullValue => false,
            var other => throw new WorkflowException($"cancel-in-progress must be a boolean, not '{other.ToText()}'", concurrency.Written.Position),
        };
        if (keepsQueue && cancelsInProgress)
        {
            throw new WorkflowException("'queue: max' and 'cancel-in-progress: true' exclude each other", concurrency.Written.Position);
        }

        var group = evaluator.EvaluateText(concurrency.Group);
        return group.Length == 0 ? null : new ConcurrencyRequest(group, cancelsInProgress, keepsQueue);
    }
}
