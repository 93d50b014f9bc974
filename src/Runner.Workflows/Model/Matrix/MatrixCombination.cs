using System.Collections.Immutable;
using Runner.Expressions.Values;

namespace Runner.Workflows.Model.Matrix;

/// <summary>One combination of a matrix.</summary>
/// <param name="Values">The <c>matrix</c> context.</param>
/// <param name="NameParts">What the job's shown name says in parentheses: the leaves of the combination without what <c>include</c> added.</param>
internal sealed record MatrixCombination(ObjectValue Values, ImmutableArray<string> NameParts)
{
    public static MatrixCombination Of(IReadOnlyList<KeyValuePair<string, Value>> values, IEnumerable<KeyValuePair<string, Value>> added) => new(
        new ObjectValue(values.Concat(added)),
        [.. values.SelectMany(value => Leaves(value.Value)).Where(leaf => leaf.Length > 0)]);

    private static IEnumerable<string> Leaves(Value value) => value switch
    {
        ArrayValue array => array.Items.SelectMany(Leaves),
        ObjectValue entries => entries.Entries.SelectMany(entry => Leaves(entry.Value)),
        _ => [value.ToText()],
    };
}
