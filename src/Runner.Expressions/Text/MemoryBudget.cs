using Runner.Expressions.Values;

namespace Runner.Expressions.Text;

/// <summary>
/// Counts the memory that values in the making hold, as GitHub does: a string 26 bytes and 2 a character, anything else 24
/// (<c>expressions.md</c> section 2.1).
/// </summary>
internal sealed class MemoryBudget(string expression, long maxBytes)
{
    private const int MinStringBytes = 26;
    private const int MinObjectBytes = 24;

    /// <summary>Bytes held now.</summary>
    public long Used { get; private set; }

    /// <summary>Counts more bytes.</summary>
    /// <exception cref="ExpressionException">That is more than allowed.</exception>
    public void Add(long bytes)
    {
        Used += bytes;
        if (Used > maxBytes)
        {
            throw ExpressionException.Evaluation(
                $"The maximum allowed memory size was exceeded while evaluating the following expression: {expression}");
        }
    }

    /// <summary>Counts characters that are about to be written.</summary>
    public void AddCharacters(int count) => Add(2L * count);

    /// <summary>Counts a value, without what an array or object holds.</summary>
    public void Add(Value value) => Add(value is StringValue text ? MinStringBytes + (2L * text.Value.Length) : MinObjectBytes);

    /// <summary>Goes back to an earlier count: what was made on the way to a value is not held any more.</summary>
    public void ReturnTo(long used) => Used = used;
}
