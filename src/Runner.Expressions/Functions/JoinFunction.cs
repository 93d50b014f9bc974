using Runner.Expressions.Evaluation;
using Runner.Expressions.Text;
using Runner.Expressions.Values;

namespace Runner.Expressions.Functions;

/// <summary><c>join(list, separator)</c>: the items as texts, a comma between them where no separator is given.</summary>
internal sealed class JoinFunction : Function
{
    private const string DefaultSeparator = ",";

    public override FunctionDeclaration Declaration { get; } = new("join", 1, 2);

    public override Value Call(Arguments arguments)
    {
        var list = arguments.Evaluate(0);
        if (list is not ArrayValue array)
        {
            return list.IsPrimitive ? new StringValue(list.ToText()) : StringValue.Empty;
        }

        var separator = arguments.Count > 1 && arguments.Evaluate(1) is { IsPrimitive: true } given ? given.ToText() : DefaultSeparator;
        var text = new BudgetedText(arguments.NewBudget());
        for (var i = 0; i < array.Items.Count; i++)
        {
            text.Append(i == 0 ? "" : separator);
            text.Append(array.Items[i].ToText());
        }

        return new StringValue(text.ToString());
    }
}
