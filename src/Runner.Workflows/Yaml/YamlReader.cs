using System.Collections.Immutable;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Runner.Workflows.Yaml;

/// <summary>Reads YAML into tokens that know their line and column, with GitHub's rules for scalars.</summary>
/// <remarks>
/// Reads the parser's events, so it needs no reflection. Aliases are replaced by what they refer to; the merge key <c>&lt;&lt;</c> is an ordinary
/// key, as YAML 1.2 and GitHub have it. Keys are compared without regard to case, as GitHub does. Nothing is thrown: what is wrong becomes
/// a diagnostic, and what can be read is read.
/// </remarks>
public sealed class YamlReader
{
    private readonly int _file;
    private readonly YamlLimits _limits;
    private readonly DiagnosticBag _diagnostics;
    private readonly CheckedParser _parser;
    private readonly YamlAnchors _anchors;
    private readonly YamlScalars _scalars;

    private YamlReader(string text, int file, YamlLimits limits, DiagnosticBag diagnostics)
    {
        _file = file;
        _limits = limits;
        _diagnostics = diagnostics;
        _parser = new CheckedParser(text);
        _anchors = new YamlAnchors(limits);
        _scalars = new YamlScalars(diagnostics);
    }

    /// <summary>Reads a file that holds one document.</summary>
    /// <param name="path">Path for messages.</param>
    /// <param name="text">The file's text. An empty one is the null document.</param>
    /// <param name="file">Index of the file in the message's file table, counted from 1: part of each token's position.</param>
    /// <param name="limits">When to stop.</param>
    public static YamlDocument Read(string path, string text, int file, YamlLimits limits)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(limits);
        if (text.Length > limits.MaxCharacters)
        {
            var diagnostics = new DiagnosticBag(path);
            diagnostics.Add(null, $"The maximum file size of {limits.MaxCharacters} characters has been exceeded");
            return new YamlDocument(null, diagnostics.ToImmutable());
        }

        var found = new DiagnosticBag(path);
        try
        {
            var root = new YamlReader(text, file, limits, found).ReadStream();
            return new YamlDocument(root, found.ToImmutable());
        }
        catch (AnchorRefusedException problem)
        {
            found.Add(null, problem.Message);
            return new YamlDocument(null, found.ToImmutable());
        }
        catch (YamlException problem)
        {
            // The one error after which nothing can be read: the parser's own, or a limit passed.
            found.Add(new Diagnostic(path, (int)problem.Start.Line, (int)problem.Start.Column, problem.Message) { IsOfFile = problem is LimitException });
            return new YamlDocument(null, found.ToImmutable());
        }
    }

    private TemplateToken ReadStream()
    {
        _parser.Consume<StreamStart>();
        if (_parser.Accept<StreamEnd>(out _))
        {
            return new NullToken { Position = new SourcePosition(_file, 1, 1) };
        }

        _parser.Consume<DocumentStart>();
        var root = ReadNode(depth: 1).Token;
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
        {
            _diagnostics.Add(Place(second.Start), "The file must hold one YAML document; a second one begins here");
        }

        return root;
    }

    private YamlNode ReadNode(int depth)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            return _anchors.Resolve(alias, depth);
        }

        var start = _parser.Consume<NodeEvent>();
        if (start is not Scalar && depth > _limits.MaxDepth)
        {
            throw new LimitException(start);
        }

        if (!_limits.AllowsAnchors && !start.Anchor.IsEmpty)
        {
            throw new AnchorRefusedException(start);
        }

        _anchors.Open(start);
        var node = start switch
        {
            Scalar scalar => YamlNode.Of(_scalars.Read(scalar, Place(scalar.Start))),
            SequenceStart sequence => ReadSequence(sequence, depth),
            MappingStart mapping => ReadMapping(mapping, depth),
            _ => throw new YamlException(start.Start, start.End, $"A value was expected, not {start}"),
        };
        _anchors.Close(start, node);
        return node;
    }

    private YamlNode ReadSequence(SequenceStart start, int depth)
    {
        CheckTag(start, start.Tag, "seq");
        var items = ImmutableArray.CreateBuilder<TemplateToken>();
        var size = YamlNodeSize.EmptyCollection;
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            var item = ReadNode(depth + 1);
            items.Add(item.Token);
            size = size.With(item.Size);
        }

        return new YamlNode(new SequenceToken(items.ToImmutable()) { Position = Place(start.Start) }, size);
    }

    private YamlNode ReadMapping(MappingStart start, int depth)
    {
        CheckTag(start, start.Tag, "map");
        var entries = ImmutableArray.CreateBuilder<MappingEntry>();
        var size = YamlNodeSize.EmptyCollection;
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var key = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            size = size.With(key.Size).With(value.Size);
            if (key.Token is not ScalarToken name)
            {
                _diagnostics.Add(key.Token.Position, key.Token is MappingToken ? "A mapping was not expected" : "A sequence was not expected");
            }
            else if (names.Add(name.ToString() ?? string.Empty) || IsExpression(name))
            {
                entries.Add(new MappingEntry(name, value.Token));
            }
            else
            {
                _diagnostics.Add(name.Position, $"'{name}' is already defined");
            }
        }

        return new YamlNode(new MappingToken(entries.ToImmutable()) { Position = Place(start.Start) }, size);
    }

    // Two expressions that read the same may still give different names, and ${{ insert }} may stand twice.
    private static bool IsExpression(ScalarToken key) => key is StringToken text && text.Value.Contains("${{", StringComparison.Ordinal);

    private void CheckTag(NodeEvent node, TagName tag, string expected)
    {
        if (!tag.IsEmpty && !tag.IsNonSpecific && tag.Value != CoreSchema.TagPrefix + expected)
        {
            _scalars.RefuseTag(tag, Place(node.Start));
        }
    }

    private SourcePosition Place(Mark mark) => new(_file, (int)mark.Line, (int)mark.Column);

    // In GitHub's words, which give no place.
    private sealed class AnchorRefusedException(NodeEvent node)
        : YamlException(node.Start, node.End, $"Anchors are not currently supported. Remove the anchor '{node.Anchor.Value}'");
}
