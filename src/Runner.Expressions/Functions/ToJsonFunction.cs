using Runner.Expressions.Evaluation;
using Runner.Expressions.Json;
using Runner.Expressions.Values;

namespace Runner.Expressions.Functions;

/// <summary><c>toJson(value)</c>: the value as JSON with line breaks.</summary>
internal sealed class ToJsonFunction : Function
{
    public override FunctionDeclaration Declaration { get; } = new("toJson", 1, 1);

    public override Value Call(Arguments arguments) => new StringValue(JsonText.Write(arguments.Evaluate(0), arguments.NewBudget()));
}
