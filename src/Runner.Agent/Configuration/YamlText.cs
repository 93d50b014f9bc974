using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;
using YamlEvents = Runner.Workflows.Yaml.YamlEvents;

namespace Runner.Agent.Configuration;

/// <summary>Reads YAML for settings of every kind: of what a text can hold, nothing makes it fail but with the place of the mistake.</summary>
public static class YamlText
{
    private const int MaxDepth = 100;

    /// <summary>The documents of a text. No node is its own descendant, and none lies deeper than settings ever do.</summary>
    /// <exception cref="YamlException">The text is no YAML; says where.</exception>
    public static IReadOnlyList<YamlDocument> Read(string yaml)
    {
        CheckShape(yaml);
        var stream = new YamlStream();
        try
        {
            stream.Load(YamlEvents.Of(yaml));
        }
        catch (Exception error) when (error is ArgumentException or InvalidOperationException or FormatException or KeyNotFoundException or NullReferenceException)
        {
            // The library has no error of its own for some texts.
            throw new YamlException(Mark.Empty, Mark.Empty, $"a key may be missing before a ':' ({error.Message.TrimEnd('.')})", error);
        }

        return [.. stream.Documents];
    }

    // A node that contains itself, or a thousand levels, would end the process when it is read, by a full stack.
    private static void CheckShape(string yaml)
    {
        var parser = YamlEvents.Of(yaml);
        var open = new Stack<string?>();
        while (parser.MoveNext() && parser.Current is { } current)
        {
            switch (current)
            {
                case MappingStart or SequenceStart when open.Count == MaxDepth:
                    throw new YamlException(current.Start, current.End, $"this lies more than {MaxDepth} levels deep");
                case NodeEvent start and (MappingStart or SequenceStart):
                    open.Push(start.Anchor.IsEmpty ? null : start.Anchor.Value);
                    break;
                case MappingEnd or SequenceEnd:
                    open.Pop();
                    break;
                case AnchorAlias alias when open.Contains(alias.Value.Value):
                    throw new YamlException(current.Start, current.End, $"'*{alias.Value.Value}' stands inside of '&{alias.Value.Value}'");
            }
        }
    }
}
