using Runner.Expressions.Evaluation;
using Runner.Expressions.Values;

namespace Runner.Expressions.Functions;

/// <summary><c>endsWith(text, part)</c>: whether the text ends with the part, ignoring case. False for arrays and objects.</summary>
internal sealed class EndsWithFunction : Function
{
    public override FunctionDeclaration Declaration { get; } = new("endsWith", 2, 2);

    public override Value Call(Arguments arguments)
    {
        var text = arguments.Evaluate(0);
        var part = arguments.Evaluate(1);
        return BooleanValue.Of(text.IsPrimitive && part.IsPrimitive
            && text.ToText().EndsWith(part.ToText(), StringComparison.OrdinalIgnoreCase));
    }
}
