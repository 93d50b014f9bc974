using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model.Parts;

namespace Runner.Workflows.Model;

/// <summary>Checks a <c>matrix</c> as far as it is written down; what comes from expressions is checked when they are evaluated.</summary>
internal sealed class MatrixChecker(DiagnosticBag diagnostics)
{
    public void Check(WorkflowMatrix? matrix)
    {
        if (matrix?.Written is not MappingToken)
        {
            return;
        }

        foreach (var (name, value) in matrix.Lists)
        {
            if (value is SequenceToken { Items.IsEmpty: true })
            {
                diagnostics.Add(value.Position, $"Matrix vector '{name}' does not contain any values");
            }
        }

        if (matrix.Lists.IsEmpty && matrix.Include is null or SequenceToken { Items.IsEmpty: true })
        {
            diagnostics.Add(matrix.Written.Position, "Matrix must define at least one vector");
        }

        if (!HasExpression(matrix.Written))
        {
            CheckItems(matrix.Include as SequenceToken, "include");
            CheckItems(matrix.Exclude as SequenceToken, "exclude");
            CheckExcludedKeys(matrix.Exclude as SequenceToken, [.. matrix.Lists.Select(list => list.Key)]);
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
