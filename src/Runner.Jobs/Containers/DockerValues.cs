using System.Buffers;
using System.Globalization;
using Runner.Jobs.Errors;

namespace Runner.Jobs.Containers;

/// <summary>Values of options as Docker writes them.</summary>
public static class DockerValues
{
    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789.");

    /// <summary>A duration as Go writes it: <c>10s</c>, <c>1m30s</c>, <c>500ms</c>, <c>0</c>.</summary>
    /// <exception cref="WorkflowException">It is none.</exception>
    public static TimeSpan Duration(ContainerOption option, string where)
    {
        ArgumentNullException.ThrowIfNull(option);
        var rest = option.Value.AsSpan().Trim();
        var total = TimeSpan.Zero;
        if (rest is "0")
        {
            return total;
        }

        do
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            if (digits <= 0 || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                throw new WorkflowException($"{where}: '{option.Name}' must be a duration such as 10s or 1m30s, not '{option.Value}'");
            }

            rest = rest[digits..];
            var letters = rest.IndexOfAny(Digits);
            var unit = letters < 0 ? rest : rest[..letters];
            total += number * (unit switch
            {
                "h" => TimeSpan.FromHours(1),
                "m" => TimeSpan.FromMinutes(1),
                "s" => TimeSpan.FromSeconds(1),
                "ms" => TimeSpan.FromMilliseconds(1),
                "us" or "µs" => TimeSpan.FromMicroseconds(1),
                "ns" => TimeSpan.Zero,
                _ => throw new WorkflowException(
                    $"{where}: '{option.Name}' has the unit '{unit}', which is not known; expected h, m, s or ms, as in 1m30s"),
            });
            rest = rest[unit.Length..];
        }
        while (!rest.IsEmpty);
        return total;
    }

    /// <summary>A size in bytes: <c>512m</c>, <c>2g</c>, <c>64kb</c>, <c>1048576</c>. Units are of 1024.</summary>
    /// <exception cref="WorkflowException">It is none.</exception>
    public static long Bytes(ContainerOption option, string where)
    {
        ArgumentNullException.ThrowIfNull(option);
        var text = option.Value.Trim().ToLowerInvariant();
        var number = text.TrimEnd('b', 'i', 'k', 'm', 'g', 't', ' ');
        var factor = text[number.Length..].Trim() switch
        {
            "" or "b" => 1L,
            "k" or "kb" or "kib" => 1L << 10,
            "m" or "mb" or "mib" => 1L << 20,
            "g" or "gb" or "gib" => 1L << 30,
            "t" or "tb" or "tib" => 1L << 40,
            _ => 0,
        };
        return factor > 0 && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            ? (long)(value * factor)
            : throw new WorkflowException($"{where}: '{option.Name}' must be a size such as 512m or 2g, not '{option.Value}'");
    }

    /// <summary>A number, 0 or more: <c>1.5</c>.</summary>
    /// <exception cref="WorkflowException">It is none.</exception>
    public static double Number(ContainerOption option, string where)
    {
        ArgumentNullException.ThrowIfNull(option);
        return double.TryParse(option.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new WorkflowException($"{where}: '{option.Name}' must be a number such as 1.5, not '{option.Value}'");
    }

    /// <summary>A whole number.</summary>
    /// <exception cref="WorkflowException">It is none.</exception>
    public static long Integer(ContainerOption option, string where)
    {
        ArgumentNullException.ThrowIfNull(option);
        return long.TryParse(option.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new WorkflowException($"{where}: '{option.Name}' must be a whole number, not '{option.Value}'");
    }

    /// <summary><c>name=value</c>; without a value it is empty.</summary>
    public static KeyValuePair<string, string> Pair(string text, char separator = '=')
    {
        ArgumentNullException.ThrowIfNull(text);
        var at = text.IndexOf(separator, StringComparison.Ordinal);
        return at < 0 ? KeyValuePair.Create(text, string.Empty) : KeyValuePair.Create(text[..at], text[(at + 1)..]);
    }
}
