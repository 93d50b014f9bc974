using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;

namespace Runner.Workflows.Model;

/// <summary>Checks of <c>concurrency</c> what the grammar cannot say.</summary>
internal static class ConcurrencyChecker
{
    private const int MaxGroupLength = 400;

    public static void Check(TemplateToken? concurrency, DiagnosticBag diagnostics)
    {
        var group = concurrency is MappingToken mapping ? mapping.Find("group") : concurrency;
        if (group is StringToken { Value.Length: > MaxGroupLength })
        {
            diagnostics.Add(concurrency?.Position, $"Concurrency group name must be less than {MaxGroupLength} characters");
        }
    }
}
