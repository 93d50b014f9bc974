using System.Globalization;

namespace Runner.Execution.Usage;

/// <summary>Amounts and names as people read them.</summary>
internal static class UsageText
{
    private const int MaxName = 100;
    private const double Mebi = 1024 * 1024;
    private const double Gibi = 1024 * Mebi;

    /// <summary><c>512 MiB</c>, <c>1.5 GiB</c>.</summary>
    public static string Memory(long bytes) => bytes >= Gibi ? Invariant($"{bytes / Gibi:0.##} GiB") : Invariant($"{bytes / Mebi:0.#} MiB");

    /// <summary><c>0.25 s</c>, <c>12.3 s</c>, <c>5 min 12 s</c>.</summary>
    public static string Cpu(TimeSpan time) => time.TotalSeconds switch
    {
        < 10 => Invariant($"{time.TotalSeconds:0.##} s"),
        < 60 => Invariant($"{time.TotalSeconds:0.#} s"),
        _ => Invariant($"{(long)time.TotalMinutes} min {time.Seconds} s"),
    };

    /// <summary>A step's name, cut where it is longer than anybody reads.</summary>
    public static string Name(string name)
    {
        var length = name.Length <= MaxName ? name.Length : char.IsHighSurrogate(name[MaxName - 1]) ? MaxName - 1 : MaxName;
        return length == name.Length ? name : $"{name[..length]}…";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
