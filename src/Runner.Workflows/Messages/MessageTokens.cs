using System.Diagnostics.CodeAnalysis;
using Runner.Jobs.Tokens;

namespace Runner.Workflows.Messages;

/// <summary>Tokens as a job message carries them.</summary>
internal static class MessageTokens
{
    /// <summary>
    /// The same token without the places of its literals: they were checked when the file was read, so nothing that goes wrong later is at
    /// such a place, and without them a literal is a bare JSON value. Expressions, lists and mappings keep theirs.
    /// </summary>
    [return: NotNullIfNotNull(nameof(token))]
    public static TemplateToken? Compact(TemplateToken? token) => token switch
    {
        SequenceToken sequence => sequence with { Items = [.. sequence.Items.Select(item => Compact(item))] },
        MappingToken mapping => mapping with { Entries = [.. mapping.Entries.Select(Compact)] },
        null or ExpressionToken or InsertToken => token,
        _ => token with { Position = null },
    };

    private static MappingEntry Compact(MappingEntry entry) =>
        new(entry.Key is ExpressionToken or InsertToken ? entry.Key : entry.Key with { Position = null }, Compact(entry.Value));
}
