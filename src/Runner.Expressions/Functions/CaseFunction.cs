using Runner.Expressions.Evaluation;
using Runner.Expressions.Values;

namespace Runner.Expressions.Functions;

/// <summary><c>case(predicate1, value1, …, default)</c>: the value after the first predicate that is true. Evaluates no more than it needs.</summary>
internal sealed class CaseFunction : Function
{
    public override FunctionDeclaration Declaration { get; } = new("case", 3, 255) { TakesOddCount = true };

    public override Value Call(Arguments arguments)
    {
        for (var i = 0; i < arguments.Count - 1; i += 2)
        {
            if (arguments.Evaluate(i) is not BooleanValue predicate)
            {
                throw ExpressionException.Evaluation("case predicate must evaluate to a boolean value");
            }

            if (predicate.Value)
            {
                return arguments.Evaluate(i + 1);
            }
        }

        return arguments.Evaluate(arguments.Count - 1);
    }
}
