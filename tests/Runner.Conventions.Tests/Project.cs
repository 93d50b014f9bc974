using System.Xml.Linq;

namespace Runner.Conventions.Tests;

/// <summary>A project as its file and its sources say.</summary>
/// <param name="path">Path of the project file.</param>
internal sealed class Project(string path)
{
    private readonly XDocument _file = XDocument.Load(path);

    public string Path { get; } = path;

    /// <summary>The name without <c>Runner.</c>, as the design's table writes it; test projects keep their <c>.Tests</c>.</summary>
    public string Name { get; } = System.IO.Path.GetFileNameWithoutExtension(path)["Runner.".Length..];

    /// <summary>The projects it references, by the same short names.</summary>
    public IEnumerable<string> ProjectReferences => Includes("ProjectReference")
        .Select(include => System.IO.Path.GetFileNameWithoutExtension(include.Replace('\\', '/'))["Runner.".Length..]);

    /// <summary>The packages it references.</summary>
    public IEnumerable<string> PackageReferences => Includes("PackageReference");

    /// <summary>The value of a property, or <c>null</c> where the file does not set it.</summary>
    public string? Property(string name) => _file.Descendants(name).LastOrDefault()?.Value;

    /// <summary>Its source files.</summary>
    public IEnumerable<SourceFile> Sources() => Directory
        .EnumerateFiles(System.IO.Path.GetDirectoryName(Path) ?? "", "*.cs", SearchOption.AllDirectories)
        .Where(file => !file.Split(System.IO.Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
        .Order(StringComparer.Ordinal)
        .Select(file => new SourceFile(file));

    private IEnumerable<string> Includes(string item) =>
        _file.Descendants(item).Select(element => (string?)element.Attribute("Include")).OfType<string>();
}
