using Runner.Expressions.Evaluation;
using Runner.Expressions.Json;
using Runner.Expressions.Values;

namespace Runner.Expressions.Functions;

/// <summary><c>fromJson(text)</c>: the value that a JSON text holds.</summary>
internal sealed class FromJsonFunction : Function
{
    public override FunctionDeclaration Declaration { get; } = new("fromJson", 1, 1);

    public override Value Call(Arguments arguments) => JsonReader.Read(arguments.Evaluate(0).ToText(), arguments.NewBudget());
}
