using System.Collections.Immutable;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Planning.Calls;

/// <summary>One input of <c>workflow_dispatch</c> or <c>workflow_call</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>string</c>, <c>boolean</c>, <c>number</c>, <c>choice</c> or <c>environment</c>.</param>
/// <param name="IsRequired">Whether a value must be given.</param>
/// <param name="Default">The value where none is given, or <c>null</c>.</param>
/// <param name="Options">What a choice may be.</param>
internal sealed record InputDefinition(string Name, string Type, bool IsRequired, TemplateToken? Default, ImmutableArray<string> Options)
{
    /// <summary>The inputs of a mapping of names to definitions; none where nothing is written.</summary>
    public static ImmutableArray<InputDefinition> Read(TemplateToken? inputs) =>
        inputs is MappingToken mapping ? [.. mapping.Entries.Select(entry => Read(entry.Key.ToString() ?? string.Empty, entry.Value as MappingToken))] : [];

    private static InputDefinition Read(string name, MappingToken? definition) => new(
        name,
        definition?.Find("type")?.ToString() ?? "string",
        definition?.Find("required") is BooleanToken { Value: true },
        definition?.Find("default") is var value and not NullToken ? value : null,
        definition?.Find("options") is SequenceToken options ? [.. options.Items.Select(option => option.ToString() ?? string.Empty)] : []);
}
