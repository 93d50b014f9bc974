using System.Globalization;

namespace Runner.Worker.Commands;

/// <summary>What a launcher says to a command by its standard input.</summary>
internal static class WordInput
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>So many bytes of an input, not up to its end: an exec cannot end the standard input of what it runs.</summary>
    /// <param name="option">The option that says how many.</param>
    /// <param name="length">What it says.</param>
    /// <param name="input">The input.</param>
    /// <param name="most">How many there may be.</param>
    /// <exception cref="UsageException">That is no such number.</exception>
    public static byte[] ReadExactly(string option, string length, Stream input, int most = MaxBytes)
    {
        if (!int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count == 0 || count > most)
        {
            throw new UsageException($"{option} must be a number of bytes from 1 to {most}, not '{length}'");
        }

        var word = new byte[count];
        input.ReadExactly(word);
        return word;
    }
}
