using System.Globalization;
using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Console;

/// <summary>How things look on a terminal.</summary>
/// <param name="useColors">Whether to write ANSI colours. Not where the output is piped or <c>NO_COLOR</c> is set.</param>
internal sealed class ConsoleStyle(bool useColors)
{
    public string Green(string text) => Color("32", text);

    public string Red(string text) => Color("31", text);

    public string Yellow(string text) => Color("33", text);

    public string Dim(string text) => Color("2", text);

    public string Bold(string text) => Color("1", text);

    /// <summary>A line of a program, with the colours it has itself only where colours are written.</summary>
    public string Plain(string line) => useColors ? line : TerminalColors.Strip(line);

    /// <summary>The colour that a conclusion has, on any text.</summary>
    public string Of(Conclusion? conclusion, string text) => conclusion switch
    {
        Conclusion.Succeeded or Conclusion.SucceededWithIssues => Green(text),
        Conclusion.Failed or Conclusion.Abandoned => Red(text),
        Conclusion.Canceled => Yellow(text),
        _ => Dim(text),
    };

    public static string Mark(Conclusion? conclusion) => conclusion switch
    {
        Conclusion.Succeeded or Conclusion.SucceededWithIssues => "✓",
        Conclusion.Failed or Conclusion.Abandoned => "✗",
        Conclusion.Canceled => "⊘",
        Conclusion.Skipped => "-",
        _ => "?",
    };

    public static string Word(Conclusion? conclusion) => conclusion switch
    {
        Conclusion.Succeeded => "succeeded",
        Conclusion.SucceededWithIssues => "succeeded with issues",
        Conclusion.Failed => "failed",
        Conclusion.Canceled => "cancelled",
        Conclusion.Skipped => "skipped",
        Conclusion.Abandoned => "abandoned",
        _ => "not ended",
    };

    public static string Duration(TimeSpan? duration) => duration switch
    {
        null => string.Empty,
        { TotalMinutes: >= 1 } longer => string.Create(CultureInfo.InvariantCulture, $"{(int)longer.TotalMinutes} min {longer.Seconds} s"),
        { } shorter => string.Create(CultureInfo.InvariantCulture, $"{shorter.TotalSeconds:0.0} s"),
    };

    private string Color(string code, string text) => useColors ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
