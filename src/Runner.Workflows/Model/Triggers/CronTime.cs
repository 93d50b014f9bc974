using System.Globalization;

namespace Runner.Workflows.Model.Triggers;

/// <summary>The times of <c>schedule</c>: five fields as POSIX has them, with names of months and days and <c>/</c> for steps (GitHub's "schedule").</summary>
internal static class CronTime
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

    private static readonly string[] Days = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private static readonly (string Name, int Min, int Max, string[] Words)[] Fields =
    [
        ("minute", 0, 59, []), ("hour", 0, 23, []), ("day of the month", 1, 31, []), ("month", 1, 12, Months), ("day of the week", 0, 6, Days),
    ];

    /// <summary>What is wrong with a time; <c>null</c>: nothing.</summary>
    public static string? FindProblem(string cron)
    {
        var fields = cron.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (fields.Length != Fields.Length)
        {
            return $"{fields.Length} field(s), expected five: minute, hour, day of the month, month, day of the week";
        }

        foreach (var ((name, min, max, words), field) in Fields.Zip(fields))
        {
            if (!field.Split(',').All(part => IsPart(part, min, max, words)))
            {
                return $"'{field}' is no {name}, expected {min} to {max}, *, a range, a list or a step";
            }
        }

        return null;
    }

    private static bool IsPart(string part, int min, int max, string[] words)
    {
        var (range, step) = part.Split('/', 2) is [var before, var after] ? (before, after) : (part, null);
        if (step is not null && !(int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var every) && every > 0))
        {
            return false;
        }

        (int From, int To)? span = range.Split('-') switch
        {
            ["*"] => (min, max),
            [var only] when ValueOf(only, min, words) is { } value => (value, value),
            [var first, var last] when ValueOf(first, min, words) is { } from && ValueOf(last, min, words) is { } to => (from, to),
            _ => null,
        };
        return span is var (lowest, highest) && lowest >= min && highest <= max && lowest <= highest;
    }

    private static int? ValueOf(string text, int min, string[] words)
    {
        var word = Array.FindIndex(words, name => string.Equals(name, text, StringComparison.OrdinalIgnoreCase));
        return word >= 0 ? word + min : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }
}
