using System.Xml.Linq;

namespace Runner.Conventions.Tests;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The projects of the product.</summary>
    public static IReadOnlyList<Project> Product { get; } = Projects("src");

    /// <summary>The projects of the tests.</summary>
    public static IReadOnlyList<Project> Tests { get; } = Projects("tests");

    /// <summary>The path as seen from the root, with slashes.</summary>
    public static string Relative(string path) => Path.GetRelativePath(Root, path).Replace('\\', '/');

    /// <summary>All files that MSBuild reads: projects, and what they have in common.</summary>
    public static IEnumerable<(string Path, XDocument File)> BuildFiles() => Product.Concat(Tests).Select(project => project.Path)
        .Concat(Directory.EnumerateFiles(Root, "*.props"))
        .Concat(Directory.EnumerateFiles(Root, "*.targets"))
        .Select(path => (path, XDocument.Load(path)));

    /// <summary>The files below folders of the root, but for what builds make.</summary>
    public static IEnumerable<string> Files(params string[] folders) => folders
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*", SearchOption.AllDirectories))
        .Where(path => !Relative(path).Split('/').Any(part => part is "bin" or "obj" or "node_modules"));

    private static IReadOnlyList<Project> Projects(string folder) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .Select(path => new Project(path)),
    ];

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Runner.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No Runner.sln above {AppContext.BaseDirectory}: run the tests where they were built");
    }
}
