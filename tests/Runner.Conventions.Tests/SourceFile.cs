using System.Text.RegularExpressions;

namespace Runner.Conventions.Tests;

/// <summary>A source file.</summary>
internal sealed record SourceFile(string Path)
{
    /// <summary>All places where a pattern is found, as <c>file:line</c> with the match.</summary>
    public IEnumerable<(string Place, Match Match)> Find(Regex pattern)
    {
        var text = File.ReadAllText(Path);
        return pattern.Matches(text).Select(match => (PlaceOf(text, match.Index), match));
    }

    private string PlaceOf(string text, int index) => $"{Repository.Relative(Path)}:{text.AsSpan(0, index).Count('\n') + 1}";
}
