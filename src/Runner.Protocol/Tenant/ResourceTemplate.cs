using System.Text;

namespace Runner.Protocol.Tenant;

/// <summary>A path as the server writes it, with places for values: <c>_apis/{area}/pools/{poolId}/{resource}/{agentId}</c>. Pure.</summary>
/// <remarks>
/// A segment whose places all stay empty is left out, so that one template serves a collection and its items. Names are compared without
/// regard to case; a star before a name (<c>{*path}</c>) means nothing here; doubled braces stand for themselves.
/// </remarks>
public sealed record ResourceTemplate(string Text)
{
    /// <summary>The path, without a slash before it.</summary>
    /// <param name="values">Values by name. One that is not there, or <c>null</c>, leaves its place empty; others that have no place are not used.</param>
    public string Fill(IReadOnlyDictionary<string, string?> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var segments = Text.Split('/').Select(segment => FillSegment(segment, values)).Where(segment => segment.Length > 0);
        return string.Join('/', segments);
    }

    private static string FillSegment(string segment, IReadOnlyDictionary<string, string?> values)
    {
        var filled = new StringBuilder(segment.Length);
        for (var at = 0; at < segment.Length; at++)
        {
            var letter = segment[at];
            if (letter is '{' or '}' && at + 1 < segment.Length && segment[at + 1] == letter)
            {
                filled.Append(letter);
                at++;
            }
            else if (letter == '{' && segment.IndexOf('}', at) is > 0 and var end)
            {
                var name = segment[(at + 1)..end].TrimStart('*');
                filled.Append(Uri.EscapeDataString(ValueOf(name, values) ?? string.Empty));
                at = end;
            }
            else
            {
                filled.Append(letter);
            }
        }

        return filled.ToString();
    }

    private static string? ValueOf(string name, IReadOnlyDictionary<string, string?> values) =>
        values.FirstOrDefault(value => value.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
}
