using Runner.Expressions.Evaluation;
using Runner.Expressions.Values;

namespace Runner.Expressions.Functions;

/// <summary><c>contains(search, item)</c>: a text within a text, ignoring case, or an item that equals one of a list.</summary>
internal sealed class ContainsFunction : Function
{
    public override FunctionDeclaration Declaration { get; } = new("contains", 2, 2);

    public override Value Call(Arguments arguments)
    {
        var search = arguments.Evaluate(0);
        var item = arguments.Evaluate(1);
        return BooleanValue.Of(search switch
        {
            ArrayValue array => ContainsItem(array, item),
            { IsPrimitive: true } when item.IsPrimitive => search.ToText().Contains(item.ToText(), StringComparison.OrdinalIgnoreCase),
            _ => false,
        });
    }

    private static bool ContainsItem(ArrayValue array, Value item)
    {
        foreach (var candidate in array.Items)
        {
            if (Comparison.AreEqual(candidate, item))
            {
                return true;
            }
        }

        return false;
    }
}
