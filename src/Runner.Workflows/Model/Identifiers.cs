using System.Globalization;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;

namespace Runner.Workflows.Model;

/// <summary>Ids of jobs and steps: what is allowed, and those that we make up.</summary>
internal static class Identifiers
{
    private const int MaxLength = 100;

    public static bool IsValid(string id) =>
        id.Length is > 0 and < MaxLength
        && (char.IsAsciiLetter(id[0]) || id[0] == '_')
        && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-');

    /// <summary>Reports an id that is not allowed. An empty one is none, nor is an expression: the grammar has reported them.</summary>
    /// <returns>Whether it is allowed.</returns>
    public static bool Check(ScalarToken id, DiagnosticBag diagnostics)
    {
        var text = id.ToString() ?? string.Empty;
        if (text.Length == 0 || id is ExpressionToken)
        {
            return false;
        }

        if (!IsValid(text))
        {
            // "and and" is GitHub's.
            diagnostics.Add(
                id.Position,
                $"The identifier '{text}' is invalid. IDs may only contain alphanumeric characters, '_', and '-'. "
                + "IDs must start with a letter or '_' and and must be less than 100 characters.");
            return false;
        }

        // What begins so is made up for steps without an id.
        if (text.StartsWith("__", StringComparison.Ordinal))
        {
            diagnostics.Add(id.Position, $"The identifier '{text}' is invalid. IDs starting with '__' are reserved.");
            return false;
        }

        return true;
    }

    /// <summary>The first of <c>__seed</c>, <c>__seed_2</c>, … that is not taken; takes it. Letters that no id has become <c>_</c>.</summary>
    public static string Generate(string seed, HashSet<string> taken)
    {
        var stem = string.Concat("__", string.Concat(seed.Select(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' ? letter : '_')));
        for (var count = 1; ; count++)
        {
            var suffix = count == 1 ? string.Empty : "_" + count.ToString(CultureInfo.InvariantCulture);
            var id = string.Concat(stem.AsSpan(0, Math.Min(stem.Length, MaxLength - suffix.Length)), suffix);
            if (taken.Add(id))
            {
                return id;
            }
        }
    }
}
