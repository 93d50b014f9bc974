namespace Runner.Testing;

/// <summary>Random texts.</summary>
public static partial class Some
{
    private const string Letters = "abcXYZ019 \t\r\n\"'&<>%:,;=|\\/{}[]()$`~+-_.é漢\u00A0";

    /// <summary>A text of up to so many letters, of those that encodings treat each in a way of its own.</summary>
    public static string Text(Random random, int length)
    {
        ArgumentNullException.ThrowIfNull(random);
        return string.Concat(Enumerable.Range(0, random.Next(length + 1)).Select(_ => Letters[random.Next(Letters.Length)]));
    }
}
