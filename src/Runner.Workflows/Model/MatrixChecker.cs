using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;

namespace Runner.Workflows.Model;

/// <summary>Checks a <c>matrix</c> as far as it is written down; what comes from expressions is checked when they are evaluated.</summary>
internal sealed class MatrixChecker(DiagnosticBag diagnostics)
{
    public void Check(TemplateToken? strategy)
    {
        if ((strategy as MappingToken)?.Find("matrix") is not MappingToken matrix)
        {
            return;
        }

        var lists = matrix.Entries.Where(entry => entry.Key.ToString() is not ("include" or "exclude")).ToList();
        foreach (var (name, value) in lists)
        {
            if (value is SequenceToken { Items.IsEmpty: true })
            {
                diagnostics.Add(value.Position, $"Matrix vector '{name}' does not contain any values");
            }
        }

        if (lists.Count == 0 && matrix.Find("include") is null or SequenceToken { Items.IsEmpty: true })
        {
            diagnostics.Add(matrix.Position, "Matrix must define at least one vector");
        }

        if (!HasExpression(matrix))
        {
            CheckItems(matrix.Find("include") as SequenceToken, "include");
            CheckItems(matrix.Find("exclude") as SequenceToken, "exclude");
            CheckExcludedKeys(matrix.Find("exclude") as SequenceToken, [.. lists.Select(list => list.Key.ToString() ?? string.Empty)]);
        }
    }

    private void CheckItems(SequenceToken? items, string name)
    {
        foreach (var item in items?.Items ?? [])
        {
            if (item is MappingToken { Entries.IsEmpty: true })
            {
                diagnostics.Add(item.Position, $"Matrix {name} mapping does not contain any values");
            }
        }
    }

    private void CheckExcludedKeys(SequenceToken? items, string[] lists)
    {
        foreach (var key in (items?.Items ?? []).OfType<MappingToken>().SelectMany(item => item.Entries).Select(entry => entry.Key))
        {
            var name = key.ToString() ?? string.Empty;
            if (!lists.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                diagnostics.Add(key.Position, $"Matrix exclude key '{name}' does not match any key within the matrix", Hints.Nearest(name, lists));
            }
        }
    }

    private static bool HasExpression(TemplateToken token) => token switch
    {
        ExpressionToken or InsertToken => true,
        SequenceToken sequence => sequence.Items.Any(HasExpression),
        MappingToken mapping => mapping.Entries.Any(entry => HasExpression(entry.Key) || HasExpression(entry.Value)),
        _ => false,
    };
}
