using System.Collections.Immutable;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Model.Triggers;

/// <summary>One input of <c>workflow_dispatch</c> or <c>workflow_call</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type"><c>string</c>, <c>boolean</c>, <c>number</c>, <c>choice</c> or <c>environment</c>.</param>
/// <param name="IsRequired">Whether a value must be given.</param>
/// <param name="Default">The value where none is given, or <c>null</c>.</param>
/// <param name="Options">What a choice may be.</param>
public sealed record InputDefinition(string Name, string Type, bool IsRequired, TemplateToken? Default, ImmutableArray<string> Options)
{
    /// <summary>Where its name stands.</summary>
    public SourcePosition? Position { get; init; }
}
