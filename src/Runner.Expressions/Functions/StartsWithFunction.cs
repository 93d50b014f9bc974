using Runner.Expressions.Evaluation;
using Runner.Expressions.Values;

namespace Runner.Expressions.Functions;

/// <summary><c>startsWith(text, part)</c>: whether the text starts with the part, ignoring case. False for arrays and objects.</summary>
internal sealed class StartsWithFunction : Function
{
    public override FunctionDeclaration Declaration { get; } = new("startsWith", 2, 2);

    public override Value Call(Arguments arguments)
    {
        var text = arguments.Evaluate(0);
        var part = arguments.Evaluate(1);
        return BooleanValue.Of(text.IsPrimitive && part.IsPrimitive
            && text.ToText().StartsWith(part.ToText(), StringComparison.OrdinalIgnoreCase));
    }
}
