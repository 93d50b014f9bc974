using Runner.Emulator.Console;

namespace Runner.Cli.Rendering;

/// <summary>Colours of a terminal; every text stays as it is where they are off.</summary>
/// <param name="areOn">Whether the reader sees colours.</param>
internal sealed class Colors(bool areOn)
{
    // Told apart on light and dark terminals; red, green and yellow mean something and are left out.
    private static readonly int[] Palette = [36, 35, 34, 96, 95, 94];

    public string Bold(string text) => Paint("1", text);

    public string Dim(string text) => Paint("2", text);

    public string Red(string text) => Paint("31", text);

    public string Green(string text) => Paint("32", text);

    public string Yellow(string text) => Paint("33", text);

    public string Cyan(string text) => Paint("36", text);

    /// <summary>One of several colours, the same for the same number.</summary>
    public string Of(int number, string text) => Paint($"{Palette[number % Palette.Length]}", text);

    /// <summary>A line of a program, with the colours it has itself only where colours are on.</summary>
    public string Plain(string line) => areOn ? line : TerminalColors.Strip(line);

    private string Paint(string code, string text) => areOn && text.Length > 0 ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
