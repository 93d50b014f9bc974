using System.Globalization;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Tokens;
using Version = YamlDotNet.Core.Version;

namespace Runner.Workflows.Yaml.Scanning;

/// <summary>Scans what stands before a value: anchors, aliases, tags; and the directives before a document.</summary>
internal sealed class PropertyScanner(YamlText text)
{
    private const string UriLetters = ";/?:@&=+$,.!~*'()[]%#";

    public Token ScanAnchor()
    {
        var start = text.Mark;
        var isAlias = text.Take() == '*';
        var name = new StringBuilder();
        while (!YamlText.IsGap(text[0]) && !YamlScanner.IsFlowIndicator(text[0]) && !(text[0] == ':' && YamlText.IsGap(text[1])))
        {
            name.Append(text.Take());
        }

        if (name.Length == 0)
        {
            throw YamlText.Problem(start, isAlias ? "An alias wants a name behind its '*'; a text that begins with '*' needs quotes" : "An anchor wants a name behind its '&'; a text that begins with '&' needs quotes");
        }

        var value = new AnchorName(name.ToString());
        return isAlias ? new AnchorAlias(value, start, text.Mark) : new Anchor(value, start, text.Mark);
    }

    /// <summary><c>!!type</c>, <c>!type</c>, <c>!handle!type</c>, <c>!&lt;uri&gt;</c> or <c>!</c> alone.</summary>
    public Tag ScanTag(bool isInFlow)
    {
        var start = text.Mark;
        var (handle, suffix) = text[1] == '<' ? (string.Empty, ScanVerbatim(start)) : ScanShorthand(isInFlow);
        if (!YamlText.IsGap(text[0]) && !(isInFlow && YamlScanner.IsFlowIndicator(text[0])))
        {
            throw YamlText.Problem(start, "A tag ends with a blank; a text that begins with '!' needs quotes");
        }

        return new Tag(handle, suffix, start, text.Mark);
    }

    /// <summary>A line that begins with <c>%</c>.</summary>
    public Token ScanDirective()
    {
        var start = text.Mark;
        text.Skip();
        var name = text.TakeWord();
        text.SkipBlanks();
        Token directive = name switch
        {
            "YAML" => ScanVersion(start),
            "TAG" => ScanTagDirective(start),
            _ => throw YamlText.Problem(start, $"'%{name}' is no directive of YAML; a text that begins with '%' needs quotes"),
        };
        if (!text.IsRestBlank(orComment: true))
        {
            throw text.Problem("Only a comment may follow on the line of a directive");
        }

        text.SkipLetters();
        return directive;
    }

    private VersionDirective ScanVersion(Mark start)
    {
        var version = text.TakeWord();
        if (text[0] == '.' && int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var major))
        {
            text.Skip();
            if (int.TryParse(text.TakeWord(), NumberStyles.None, CultureInfo.InvariantCulture, out var minor))
            {
                return new VersionDirective(new Version(major, minor), start, text.Mark);
            }
        }

        throw YamlText.Problem(start, "A version of YAML is expected, such as 1.2");
    }

    private TagDirective ScanTagDirective(Mark start)
    {
        var handle = ScanHandle();
        if (!handle.EndsWith('!') || !YamlText.IsBlank(text[0]))
        {
            throw YamlText.Problem(start, "A handle of a tag is expected, such as !e!");
        }

        text.SkipBlanks();
        return new TagDirective(handle, ScanUri(isInFlow: false), start, text.Mark);
    }

    private string ScanVerbatim(Mark start)
    {
        text.Skip(2);
        var uri = ScanUri(isInFlow: false);
        if (text[0] != '>' || uri.Length == 0)
        {
            throw YamlText.Problem(start, "A tag that begins with '!<' ends with '>'");
        }

        text.Skip();
        return uri;
    }

    private (string Handle, string Suffix) ScanShorthand(bool isInFlow)
    {
        var handle = ScanHandle();
        var suffix = ScanUri(isInFlow);
        return handle switch
        {
            _ when handle.Length > 1 && handle.EndsWith('!') => (handle, suffix),
            "!" when suffix.Length == 0 => (string.Empty, handle),
            _ => ("!", handle[1..] + suffix),
        };
    }

    private string ScanHandle()
    {
        if (text[0] != '!')
        {
            return string.Empty;
        }

        text.Skip();
        var word = text.TakeWord();
        if (text[0] != '!')
        {
            return "!" + word;
        }

        text.Skip();
        return $"!{word}!";
    }

    private string ScanUri(bool isInFlow)
    {
        var uri = new StringBuilder();
        while (YamlText.IsWord(text[0]) || UriLetters.Contains(text[0], StringComparison.Ordinal))
        {
            if (isInFlow && YamlScanner.IsFlowIndicator(text[0]))
            {
                break;
            }

            uri.Append(text.Take());
        }

        return Uri.UnescapeDataString(uri.ToString());
    }
}
