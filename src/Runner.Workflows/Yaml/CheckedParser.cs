using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Runner.Workflows.Yaml;

/// <summary>YamlDotNet's parser, all of whose errors say where they are.</summary>
/// <remarks>
/// On some broken texts (18.1.0: a mapping that begins on the second line of a plain scalar inside a flow sequence) the scanner fails an
/// assertion of its own instead of naming the problem. The text is what is wrong, so its author is told so.
/// </remarks>
internal sealed class CheckedParser : IParser
{
    private readonly Scanner _scanner;
    private readonly Parser _parser;

    public CheckedParser(string text)
    {
        _scanner = new Scanner(new StringReader(text), skipComments: true);
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
        catch (Exception problem) when (problem is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            var place = _scanner.CurrentPosition;
            throw new YamlException(place, place, "While scanning, found text that cannot stand here", problem);
        }
    }
}
