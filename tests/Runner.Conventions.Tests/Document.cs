using System.Text.RegularExpressions;

namespace Runner.Conventions.Tests;

/// <summary>A document in Markdown.</summary>
/// <param name="Path">Its path from the root, with slashes.</param>
/// <param name="Text">What it says.</param>
internal sealed partial record Document(string Path, string Text)
{
    /// <summary>All documents of the repository.</summary>
    public static IReadOnlyList<Document> All { get; } =
    [
        .. Directory.EnumerateFiles(Repository.Root, "*.md")
            .Concat(Repository.Files("docs", "src", "helm", ".github").Where(path => path.EndsWith(".md", StringComparison.Ordinal)))
            .Select(path => new Document(Repository.Relative(path), File.ReadAllText(path)))
            .OrderBy(document => document.Path, StringComparer.Ordinal),
    ];

    /// <summary>The targets of its links that are no addresses.</summary>
    public IEnumerable<string> Links => Link().Matches(CodeBlock().Replace(Text, string.Empty))
        .Select(match => match.Groups["target"].Value)
        .Where(target => !target.Contains(':', StringComparison.Ordinal));

    /// <summary>The document of a name in the first of the folders that has it, or <c>null</c>.</summary>
    public static Document? Find(IEnumerable<string> folders, string name) => folders
        .Select(folder => folder == "." ? name : $"{folder}/{name}")
        .Select(path => All.FirstOrDefault(document => document.Path == path))
        .FirstOrDefault(document => document is not null);

    /// <summary>The file or folder that a link means, from the root; <c>null</c>: there is none.</summary>
    public string? Resolve(string target)
    {
        var path = System.IO.Path.GetFullPath(System.IO.Path.Combine(Repository.Root, System.IO.Path.GetDirectoryName(Path) ?? string.Empty, target));
        return File.Exists(path) || Directory.Exists(path) ? Repository.Relative(path) : null;
    }

    /// <summary>Whether it has a section of a number: a heading such as <c>### 3.1 Whole log</c>.</summary>
    public bool HasSection(string number) => Headings.Any(heading => heading.StartsWith(number + " ", StringComparison.Ordinal)
        || heading.StartsWith(number + ". ", StringComparison.Ordinal));

    /// <summary>Whether it has a heading that GitHub gives this anchor.</summary>
    public bool HasHeading(string anchor) => Headings.Any(heading => Anchor(heading) == anchor);

    private IEnumerable<string> Headings => Heading().Matches(CodeBlock().Replace(Text, string.Empty)).Select(match => match.Groups["heading"].Value.TrimEnd());

    // GitHub's rule: small letters, digits, '-' and '_' stay, blanks become '-'.
    private static string Anchor(string heading) =>
        NoAnchor().Replace(LinkInHeading().Replace(heading, "$1").ToLowerInvariant(), string.Empty).Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex(@"^```.*?^```\s*$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"^#+ (?<heading>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkInHeading();

    [GeneratedRegex(@"[^\p{L}\p{Nd} _-]")]
    private static partial Regex NoAnchor();
}
