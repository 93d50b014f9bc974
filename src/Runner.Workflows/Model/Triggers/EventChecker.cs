using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Grammar;

namespace Runner.Workflows.Model.Triggers;

/// <summary>Holds <c>on</c>, which GitHub's service reads loosely, against what GitHub documents.</summary>
/// <remarks>
/// An event that nobody knows never happens, so that is a mistake, or a file newer than the grammar. Of an event that is known GitHub leaves
/// alone what it does not know (a filter of another event, a new activity): the workflow runs all the same, and its author is warned.
/// </remarks>
internal static class EventChecker
{
    /// <summary><c>on</c> with its values as their places want them, where all is as documented; else as it was.</summary>
    public static TemplateToken Check(TemplateToken on, DiagnosticBag diagnostics)
    {
        var found = new DiagnosticBag(diagnostics.File) { Places = diagnostics.Places };
        var strict = new ShapeChecker(found).Check(on, EventGrammar.On);
        var names = NamesOf(on).ToLookup(name => (name.Position?.Line, name.Position?.Column));
        foreach (var problem in found.InOrderFound())
        {
            if (names[(problem.Line, problem.Column)].FirstOrDefault() is { } name)
            {
                diagnostics.AddUnknown(name.Position, name.ToString() ?? string.Empty, EventGrammar.Names);
            }
            else
            {
                diagnostics.Warn(problem);
            }
        }

        return found.IsEmpty ? strict : on;
    }

    private static IEnumerable<ScalarToken> NamesOf(TemplateToken on) => on switch
    {
        MappingToken events => events.Entries.Select(entry => entry.Key).Where(key => key is not ExpressionToken),
        SequenceToken names => names.Items.OfType<ScalarToken>(),
        ScalarToken name => [name],
        _ => [],
    };
}
