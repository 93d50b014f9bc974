using System.Text.RegularExpressions;

namespace Runner.Conventions.Tests;

/// <summary>The build files and the root of the repository.</summary>
public sealed partial class LayoutTests
{
    private static readonly HashSet<string> RootEntries = new(StringComparer.Ordinal)
    {
        // folders
        "src", "tests", "helm", "scripts", "docs",

        // for people: names that GitHub and they look for at the root
        "README.md", "LICENSE", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md",

        // for the build
        "Runner.sln", "Dockerfile", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "BannedSymbols.txt", "global.json", "nuget.config",

        // for tools
        ".editorconfig", ".gitignore", ".gitattributes", ".dockerignore", ".git", ".github", ".ci",
    };

    [Fact]
    public void Root_holds_only_what_the_design_names() => Rule.IsKept(
        Directory.EnumerateFileSystemEntries(Repository.Root)
            .Select(entry => Path.GetFileName(entry))
            .Where(name => !RootEntries.Contains(name) && !IsIgnored(name))
            .Order(StringComparer.Ordinal),
        "The root holds no plans, notes or patches. Put it where it belongs: docs/ for users, scripts/ for tools, tests/ for test data.");

    [Fact]
    public void Solution_holds_every_project() => Rule.IsKept(
        Repository.Product.Concat(Repository.Tests)
            .Select(project => Repository.Relative(project.Path))
            .Except(SolutionProjects()),
        "These projects are not in Runner.sln, so nobody builds them: dotnet sln add <project>");

    [Fact]
    public void Solution_holds_no_project_that_is_gone() => Rule.IsKept(
        SolutionProjects().Where(path => !File.Exists(Path.Combine(Repository.Root, path))),
        "Runner.sln names projects that are not there: dotnet sln remove <project>");

    [Fact]
    public void Versions_of_packages_stand_in_one_file() => Rule.IsKept(
        from file in Repository.BuildFiles()
        from element in file.File.Descendants()
        where element.Name.LocalName is "PackageReference" or "GlobalPackageReference" or "PackageVersion"
        let isCentral = Path.GetFileName(file.Path) == "Directory.Packages.props"
        where !isCentral && (element.Name.LocalName == "PackageVersion"
            || element.Attributes().Any(IsVersion)
            || element.Elements().Any(child => child.Name.LocalName is "Version" or "VersionOverride"))
        select $"{Repository.Relative(file.Path)}: {element}",
        "Versions of packages stand in Directory.Packages.props only, each once: move it there.");

    [Fact]
    public void Every_version_is_given_once() => Rule.IsKept(
        from file in Repository.BuildFiles()
        from element in file.File.Descendants("PackageVersion")
        group element by ((string?)element.Attribute("Include"))?.ToUpperInvariant() into versions
        where versions.Count() > 1
        select $"{versions.First().Attribute("Include")?.Value}: {string.Join(", ", versions.Select(version => version.Attribute("Version")?.Value))}",
        "A package has several versions in Directory.Packages.props: keep one.");

    private static bool IsVersion(System.Xml.Linq.XAttribute attribute) => attribute.Name.LocalName is "Version" or "VersionOverride";

    // Simple patterns are all that our .gitignore has for entries of the root.
    private static bool IsIgnored(string name) => File.ReadLines(Path.Combine(Repository.Root, ".gitignore"))
        .Select(line => line.Trim().Trim('/'))
        .Where(pattern => pattern.Length > 0 && pattern[0] != '#')
        .Any(pattern => Regex.IsMatch(name, $"^{Regex.Escape(pattern).Replace("\\*", ".*", StringComparison.Ordinal)}$"));

    private static IEnumerable<string> SolutionProjects() =>
        SolutionProject().Matches(File.ReadAllText(Path.Combine(Repository.Root, "Runner.sln")))
            .Select(match => match.Groups["path"].Value.Replace('\\', '/'));

    [GeneratedRegex(@"""(?<path>[^""]+\.csproj)""", RegexOptions.ExplicitCapture)]
    private static partial Regex SolutionProject();
}
