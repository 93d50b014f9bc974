using System.Text.RegularExpressions;
using Runner.Workflows.Model;

namespace Runner.Conventions.Tests;

/// <summary>A clone is whole: what comments and documents name is in it.</summary>
public sealed partial class PaperTests
{
    // A file that is named without a folder is one of these.
    private static readonly string[] Shelves = ["docs/protocol", "docs", "."];

    [Fact]
    public void Files_that_comments_name_exist() => Rule.IsKept(
        from text in Texts()
        from match in FileName().Matches(text.Value)
        where Document.Find(Shelves, match.Value) is null
        select $"{text.Place} names {match.Value}",
        "Comments name documents that are not in the repository. Correct the name, or write the document: what GitHub does belongs into docs/protocol.");

    [Fact]
    public void Sections_that_comments_name_exist() => Rule.IsKept(
        from text in Texts()
        from match in Section().Matches(text.Value)
        let document = Document.Find(Shelves, match.Groups["file"].Value)
        where document is not null
        from number in match.Groups["number"].Captures
        where !document.HasSection(number.Value)
        select $"{text.Place} names section {number.Value} of {document.Path}",
        "Comments name sections that their document does not have. Section numbers of docs/protocol keep their meaning; correct the one that changed.");

    [Fact]
    public void Links_of_documents_lead_somewhere() => Rule.IsKept(
        from document in Document.All
        from link in document.Links
        where !Leads(document, link)
        select $"{document.Path} links to {link}",
        "Links of documents lead to files or headings that are not there.");

    [Fact]
    public void Every_document_can_be_reached_from_the_readme()
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var next = new Queue<string>(["README.md"]);
        while (next.TryDequeue(out var path))
        {
            if (reached.Add(path) && Document.Find(["."], path) is { } document)
            {
                document.Links.Select(link => document.Resolve(link.Split('#')[0])).OfType<string>().ToList().ForEach(next.Enqueue);
            }
        }

        Rule.IsKept(
            Document.All.Select(document => document.Path).Where(path => !path.StartsWith(".github/", StringComparison.Ordinal)).Except(reached),
            "Nothing leads from README.md to these documents: link them where a reader would look.");
    }

    [Fact]
    public void Every_project_names_its_folders_in_its_readme() => Rule.IsKept(
        from project in Repository.Product
        let folder = Path.GetDirectoryName(project.Path) ?? string.Empty
        let readme = Document.Find([Repository.Relative(folder)], "README.md")
        let there = project.Sources().Select(source => Path.GetRelativePath(folder, source.Path).Split(Path.DirectorySeparatorChar))
            .Where(parts => parts.Length > 1).Select(parts => parts[0]).Distinct()
        let named = readme is null ? [] : FolderRow().Matches(readme.Text).Select(match => match.Groups["folder"].Value).ToList()
        from problem in readme is null
            ? ["has no README.md"]
            : there.Except(named).Select(name => $"has {name}/, which its README does not name")
                .Concat(named.Except(there).Select(name => $"names {name}/ in its README, which is not there"))
        select $"Runner.{project.Name} {problem}",
        "A project's README lists its folders from top to bottom, each as a row that begins with | `Folder/` |");

    // Written `Agent/Supervision/EndRules`, below src/Runner.…, or in a project's own README below its folder.
    [Fact]
    public void Code_that_documents_name_is_there() => Rule.IsKept(
        from document in Document.All
        where !document.Path.StartsWith("docs/protocol/", StringComparison.Ordinal) // is about other people's code
        from match in CodePlace().Matches(document.Text)
        from place in Expanded(match)
        where place.Any(char.IsLower) && !IsCode(document, place)
        select $"{document.Path} names {place}",
        "Documents name code that is somewhere else now: correct the path, or write what is no code without a slash between capitals.");

    [Fact]
    public void Decisions_stand_in_their_index()
    {
        var decisions = Document.All.Where(document => DecisionPath().IsMatch(document.Path)).ToList();
        var index = Document.Find(["docs/decisions"], "README.md")?.Text ?? string.Empty;

        Assert.NotEmpty(decisions);
        Rule.IsKept(
            decisions.Where(decision => !index.Contains(IndexRow(decision), StringComparison.Ordinal))
                .Select(decision => $"{decision.Path}: no row {IndexRow(decision)}"),
            "A decision begins with '# NUMBER title' and '*date · status*', and docs/decisions/README.md has a row that says the same.");
        Assert.Equal(decisions.Count, decisions.Select(decision => Path.GetFileName(decision.Path)[..4]).Distinct().Count());
    }

    [Fact]
    public void Own_workflows_are_valid() => Rule.IsKept(
        from path in Directory.EnumerateFiles(Path.Combine(Repository.Root, ".github", "workflows"), "*.yml")
        from diagnostic in WorkflowFile.Read(Repository.Relative(path), File.ReadAllText(path)).Diagnostics
        select diagnostic.ToString(),
        "The workflows of this repository are wrong, by its own reader: runner validate");

    private static bool Leads(Document from, string link)
    {
        var parts = link.Split('#', 2);
        var path = parts[0].Length == 0 ? from.Path : from.Resolve(parts[0]);
        return path is not null && (parts.Length == 1 || Document.Find(["."], path) is not { } target || target.HasHeading(parts[1]));
    }

    // `Worker/Reporting/{LogSpool, LogUpload}` names two.
    private static IEnumerable<string> Expanded(Match place) => place.Groups["each"].Success
        ? place.Groups["each"].Value.Split(',', StringSplitOptions.TrimEntries).Select(name => place.Groups["path"].Value + "/" + name)
        : [place.Groups["path"].Value];

    private static bool IsCode(Document document, string place) =>
        new[] { $"src/Runner.{place}", $"src/{place}", $"tests/{place}", $"{Path.GetDirectoryName(document.Path)}/{place}" }
            .Select(path => Path.Combine(Repository.Root, path))
            .Any(path => Directory.Exists(path) || File.Exists(path + ".cs") || File.Exists(path));

    private static string IndexRow(Document decision)
    {
        var (title, meta) = (DecisionTitle().Match(decision.Text), DecisionMeta().Match(decision.Text));
        var number = title.Groups["number"].Value;
        return $"| [{number}]({Path.GetFileName(decision.Path)}) | {title.Groups["title"].Value} | {meta.Groups["date"].Value} | {meta.Groups["status"].Value} |";
    }

    // Comments of sources, and whole files where remarks and texts for users are hard to tell from the rest.
    private static IEnumerable<CommentText> Texts() => Repository.Product.Concat(Repository.Tests)
        .SelectMany(project => project.Sources())
        .Select(source => CommentText.OfComments(source.Path))
        .Concat(Repository.Files("scripts", "helm").Select(CommentText.OfFile));

    // Not one with a * in it or before it, which is a pattern.
    [GeneratedRegex(@"(?<![\w./*-])[A-Za-z][\w./-]*\.md\b")]
    private static partial Regex FileName();

    [GeneratedRegex(
        @"(?<file>[a-z][\w./-]*\.md)(</c>)? sections? (?<number>\d+(\.\d+)?)((, | and | to )(?<number>\d+(\.\d+)?))*", RegexOptions.ExplicitCapture)]
    private static partial Regex Section();

    [GeneratedRegex(@"`(src/|tests/)?(?<path>[A-Z][\w.]*(/[A-Z]\w*)+?)(/\{(?<each>[^}]*)\}|\.\w+Async(\([^`]*\))?|\.\w+)?/?`", RegexOptions.ExplicitCapture)]
    private static partial Regex CodePlace();

    [GeneratedRegex(@"^\| `(?<folder>\w+)/` \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex FolderRow();

    [GeneratedRegex(@"^docs/decisions/\d{4}-")]
    private static partial Regex DecisionPath();

    [GeneratedRegex(@"\A# (?<number>\d{4}) (?<title>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex DecisionTitle();

    [GeneratedRegex(@"^\*(?<date>\d{4}-\d\d-\d\d)[^·*]* · (?<status>[^*]+)\*$", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex DecisionMeta();
}
