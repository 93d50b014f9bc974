using System.Text;

namespace Runner.Expressions.Text;

/// <summary>A text in the making. It stops with an error as soon as it is larger than the evaluation may be.</summary>
internal sealed class BudgetedText(MemoryBudget budget)
{
    private readonly StringBuilder _text = new();

    public void Append(ReadOnlySpan<char> text)
    {
        budget.AddCharacters(text.Length);
        _text.Append(text);
    }

    public void Append(char character)
    {
        budget.AddCharacters(1);
        _text.Append(character);
    }

    public override string ToString() => _text.ToString();
}
