using System.Buffers;
using System.Globalization;
using System.Text;

namespace Runner.Expressions.Json;

/// <summary>The way from the root to what was read last, as the errors of GitHub's reader name it: <c>jobs[0].name</c>.</summary>
internal sealed class JsonPath
{
    private static readonly SearchValues<char> CharactersToQuote = SearchValues.Create(". '/\"[]()\t\n\r\f\b\\\u0085\u2028\u2029");

    private readonly Stack<Segment> _segments = new();

    /// <summary>Goes into an array or object; nothing in it is read yet.</summary>
    public void Enter() => _segments.Push(default);

    /// <summary>Comes back from an array or object.</summary>
    public void Leave() => _segments.Pop();

    /// <summary>The next item of the array has been read, or been begun.</summary>
    public void MoveTo(int item) => Replace(new(null, item));

    /// <summary>The name of a member has been read.</summary>
    public void MoveTo(string member) => Replace(new(member, null));

    public override string ToString()
    {
        var path = new StringBuilder();
        foreach (var (member, item) in _segments.Reverse())
        {
            if (item is not null)
            {
                path.Append(CultureInfo.InvariantCulture, $"[{item}]");
            }
            else if (member is not null && member.AsSpan().ContainsAny(CharactersToQuote))
            {
                path.Append(CultureInfo.InvariantCulture, $"['{member.Replace("'", "\\'", StringComparison.Ordinal)}']");
            }
            else if (member is not null)
            {
                path.Append(path.Length > 0 ? "." : "").Append(member);
            }
        }

        return path.ToString();
    }

    private void Replace(Segment segment)
    {
        _segments.Pop();
        _segments.Push(segment);
    }

    private readonly record struct Segment(string? Member, int? Item);
}
