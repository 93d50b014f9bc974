using System.Globalization;

namespace Runner.Expressions.Values;

/// <summary>Name and number of arguments of a function that the caller supplies through <see cref="EvaluationContext.Functions"/>.</summary>
/// <param name="Name">Its name; case does not matter.</param>
/// <param name="MinArguments">The least number of arguments.</param>
/// <param name="MaxArguments">The greatest number of arguments.</param>
public sealed record FunctionDeclaration(string Name, int MinArguments, int MaxArguments)
{
    /// <summary><c>always()</c>.</summary>
    public static FunctionDeclaration Always { get; } = new("always", 0, 0);

    /// <summary><c>cancelled()</c>.</summary>
    public static FunctionDeclaration Cancelled { get; } = new("cancelled", 0, 0);

    /// <summary><c>failure()</c> of steps. Jobs may name the jobs that they mean: <c>failure(0,MAX)</c>.</summary>
    public static FunctionDeclaration Failure { get; } = new("failure", 0, 0);

    /// <summary><c>success()</c> of steps. Jobs may name the jobs that they mean: <c>success(0,MAX)</c>.</summary>
    public static FunctionDeclaration Success { get; } = new("success", 0, 0);

    /// <summary><c>hashFiles(patterns…)</c>.</summary>
    public static FunctionDeclaration HashFiles { get; } = new("hashFiles", 1, 255);

    /// <summary>Whether only an odd number of arguments is right, as for <c>case</c>.</summary>
    internal bool TakesOddCount { get; init; }

    /// <summary>Reads a declaration as GitHub's grammar of workflow files writes it: <c>hashFiles(1,255)</c>, <c>success(0,MAX)</c>.</summary>
    /// <exception cref="FormatException">The text is no declaration.</exception>
    public static FunctionDeclaration Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var open = text.IndexOf('(', StringComparison.Ordinal);
        if (open > 0 && text[^1] == ')'
            && text[(open + 1)..^1].Split(',') is [var min, var max]
            && TryReadCount(min, out var minArguments)
            && TryReadCount(max, out var maxArguments))
        {
            return new(text[..open], minArguments, maxArguments);
        }

        throw new FormatException($"'{text}' declares no function; expected name(MIN,MAX), such as hashFiles(1,255)");
    }

    private static bool TryReadCount(string text, out int count)
    {
        if (text == "MAX")
        {
            count = int.MaxValue;
            return true;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);
    }
}
