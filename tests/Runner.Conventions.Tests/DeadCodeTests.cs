using System.Text.RegularExpressions;

namespace Runner.Conventions.Tests;

/// <summary>What nothing of the product names is gone from it, whatever tests do with it.</summary>
public sealed partial class DeadCodeTests
{
    [Fact]
    public void Every_log_event_is_logged() => Rule.IsKept(
        from project in Repository.Product
        let words = WordsOf(project.Sources().Where(source => !IsLog(source)))
        from log in project.Sources().Where(IsLog)
        from found in log.Find(LogMethod())
        let name = found.Match.Groups["name"].Value
        where !words.ContainsKey(name)
        select $"{found.Place}: {name}",
        "Log events that nothing logs. Log them where they happen, or delete them; the id is not used again.");

    [Fact]
    public void Every_type_is_used() => Rule.IsKept(
        from project in Repository.Product
        from source in project.Sources()
        from found in source.Find(TypeDeclaration())
        let names = NamesOf(source, found.Match).ToList()
        where names.All(name => ProductWords.GetValueOrDefault(name) < 2)
        select $"{found.Place}: {names[0]}",
        "Types that the product never uses, though tests may. Delete them with their tests.");

    [Fact]
    public void Every_package_version_is_used()
    {
        var used = Repository.BuildFiles().SelectMany(file => file.File.Descendants("PackageReference"))
            .Select(element => (string?)element.Attribute("Include"))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);

        Rule.IsKept(
            from file in Repository.BuildFiles()
            from element in file.File.Descendants("PackageVersion")
            let name = (string?)element.Attribute("Include")
            where !used.Contains(name) && !OnlyTransitive.Contains(name)
            select name,
            "Versions of packages that no project references. Delete them, or say here why a package is pinned that comes with another one.");
    }

    // Lower bounds that the feed lacks, of WireMock.Net; and one that must not fall behind its sibling.
    private static readonly HashSet<string?> OnlyTransitive =
    [
        "Microsoft.IdentityModel.Protocols.OpenIdConnect", "OpenTelemetry.Exporter.OpenTelemetryProtocol", "Scriban.Signed", "prometheus-net",
    ];

    private static readonly Dictionary<string, int> ProductWords = WordsOf(Repository.Product.SelectMany(project => project.Sources()));

    // A class of extension methods is used by them.
    private static IEnumerable<string> NamesOf(SourceFile source, Match declaration) => declaration.Groups["static"].Success
        ? source.Find(ExtensionMethod()).Select(found => found.Match.Groups["name"].Value).Prepend(declaration.Groups["name"].Value)
        : [declaration.Groups["name"].Value];

    private static bool IsLog(SourceFile source) => Path.GetFileName(source.Path) == "Log.cs";

    private static Dictionary<string, int> WordsOf(IEnumerable<SourceFile> sources) => sources
        .SelectMany(source => Word().Matches(Remark().Replace(File.ReadAllText(source.Path), string.Empty)).Select(match => match.Value))
        .CountBy(word => word)
        .ToDictionary();

    [GeneratedRegex(@"static partial void (?<name>\w+)\(", RegexOptions.ExplicitCapture)]
    private static partial Regex LogMethod();

    [GeneratedRegex(
        @"^(public|internal) (?<static>static )?((sealed|abstract|readonly|unsafe|ref|partial) )*(class|record struct|record|struct|interface|enum) (?<name>\w+)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex TypeDeclaration();

    [GeneratedRegex(@"static [^(=;\n]*?\b(?<name>\w+)(<[^>]*>)?\(\s*this ", RegexOptions.ExplicitCapture)]
    private static partial Regex ExtensionMethod();

    [GeneratedRegex(@"//.*$", RegexOptions.Multiline)]
    private static partial Regex Remark();

    [GeneratedRegex(@"\b[A-Z]\w*")]
    private static partial Regex Word();
}
