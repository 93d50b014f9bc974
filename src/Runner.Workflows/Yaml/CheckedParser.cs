using Runner.Workflows.Yaml.Scanning;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Runner.Workflows.Yaml;

/// <summary>YamlDotNet's parser over our scanner; all of its errors say where they are.</summary>
/// <remarks>On some broken texts the parser fails an assertion of its own instead of naming the problem. The text is what is wrong, so its author is told so.</remarks>
internal sealed class CheckedParser : IParser
{
    private readonly YamlScanner _scanner;
    private readonly Parser _parser;

    public CheckedParser(string text)
    {
        _scanner = new YamlScanner(text);
        _parser = new Parser(_scanner);
    }

    public ParsingEvent? Current => _parser.Current;

    /// <exception cref="YamlException">The text is no YAML.</exception>
    public bool MoveNext()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (YamlException problem) when (problem is not ScanException && problem.Start.Equals(Mark.Empty))
        {
            // An error that the parser gives no place: it is where the scanner stands.
            throw At(_scanner.Current?.Start ?? _scanner.CurrentPosition, problem.Message, problem);
        }
        catch (Exception problem) when (problem is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            throw At(_scanner.CurrentPosition, "Found text that cannot stand here", problem);
        }
    }

    private static YamlException At(Mark place, string message, Exception problem) => new(place, place, message, problem);
}
