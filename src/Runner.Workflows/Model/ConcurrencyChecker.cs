using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model.Parts;

namespace Runner.Workflows.Model;

/// <summary>Checks of <c>concurrency</c> what the grammar cannot say.</summary>
internal static class ConcurrencyChecker
{
    private const int MaxGroupLength = 400;

    public static void Check(WorkflowConcurrency? concurrency, DiagnosticBag diagnostics)
    {
        if (concurrency?.Group is StringToken { Value.Length: > MaxGroupLength })
        {
            diagnostics.Add(concurrency.Written.Position, $"Concurrency group name must be less than {MaxGroupLength} characters");
        }

        if (concurrency is { Queue: ConcurrencyWaiting.Max, CancelInProgress: BooleanToken { Value: true } })
        {
            diagnostics.Add(concurrency.Written.Position, "'queue: max' and 'cancel-in-progress: true' exclude each other");
        }
    }
}
