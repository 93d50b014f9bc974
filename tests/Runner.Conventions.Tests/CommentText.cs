using System.Text.RegularExpressions;

namespace Runner.Conventions.Tests;

/// <summary>What a file says to people. Comments that run over several lines are one text, so that what is named across a line's end is found.</summary>
/// <param name="File">Path of the file.</param>
/// <param name="Value">The text, with a space where a comment's next line begins.</param>
internal sealed partial record CommentText(string File, string Value)
{
    /// <summary>The comments of a source file.</summary>
    public static CommentText OfComments(string path) =>
        new(path, string.Join(' ', System.IO.File.ReadLines(path).Select(line => Comment().Match(line)).Select(match => match.Groups["text"].Value)));

    /// <summary>A whole file.</summary>
    public static CommentText OfFile(string path) => new(path, System.IO.File.ReadAllText(path));

    /// <summary>The file, for people. Which line it was is not kept: the name that is found is enough to search for.</summary>
    public string Place => Repository.Relative(File);

    [GeneratedRegex(@"(^|\s)///? ?(?<text>.*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Comment();
}
