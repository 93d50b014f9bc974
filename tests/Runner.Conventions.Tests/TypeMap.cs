using System.Text.RegularExpressions;

namespace Runner.Conventions.Tests;

/// <summary>Which file of a project names types of which other. By text, so good to a file or two: a name that two types have counts for both.</summary>
internal sealed partial class TypeMap
{
    private readonly Dictionary<string, HashSet<string>> _names = new(StringComparer.Ordinal);

    /// <summary>Reads a project's sources.</summary>
    public TypeMap(Project project)
    {
        Folder = Path.GetDirectoryName(project.Path) ?? string.Empty;
        var texts = project.Sources().ToDictionary(source => source.Path, source => Noise().Replace(File.ReadAllText(source.Path), " "));
        var spaces = texts.ToDictionary(text => text.Key, text => Namespace().Match(text.Value).Groups[1].Value);
        var declared = texts.SelectMany(text => Declaration().Matches(text.Value).Select(match => (Type: match.Groups[1].Value, text.Key)))
            .ToLookup(pair => pair.Type, pair => pair.Key, StringComparer.Ordinal);
        foreach (var (path, text) in texts)
        {
            var usings = Using().Matches(text).Select(match => match.Groups[1].Value).ToHashSet(StringComparer.Ordinal);
            var own = spaces[path];
            _names[path] =
            [
                .. Word().Matches(text).Select(match => match.Value).Distinct().SelectMany(word => declared[word])
                    .Where(other => other != path && (usings.Contains(spaces[other]) || $"{own}.".StartsWith($"{spaces[other]}.", StringComparison.Ordinal))),
            ];
        }
    }

    /// <summary>The project's folder.</summary>
    public string Folder { get; }

    /// <summary>Its files, and the files whose types they name.</summary>
    public IEnumerable<(string File, string Named)> Names => _names.SelectMany(pair => pair.Value.Select(named => (pair.Key, named)));

    /// <summary>The folder of the project that a file is in; empty: the root.</summary>
    public string FolderOf(string file) => Path.GetRelativePath(Folder, file).Split(Path.DirectorySeparatorChar) is [var folder, _, ..] ? folder : string.Empty;

    /// <summary>The largest set of files of which each leads to each.</summary>
    public IReadOnlyCollection<string> LargestKnot()
    {
        var reached = _names.Keys.ToDictionary(file => file, Reach);
        return _names.Keys
            .Select(file => (IReadOnlyCollection<string>)[.. reached[file].Where(other => reached[other].Contains(file))])
            .MaxBy(knot => knot.Count) ?? [];
    }

    private HashSet<string> Reach(string file)
    {
        var reached = new HashSet<string>(StringComparer.Ordinal);
        var next = new Stack<string>(_names[file]);
        while (next.TryPop(out var found))
        {
            if (reached.Add(found))
            {
                _names[found].ToList().ForEach(next.Push);
            }
        }

        return reached;
    }

    [GeneratedRegex("//[^\\n]*|\"(?:\\\\.|[^\"\\\\\\n])*\"")]
    private static partial Regex Noise();

    [GeneratedRegex(@"^namespace ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^(?:global )?using (?:static )?([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Using();

    [GeneratedRegex(
        @"^(?:public |internal |file )?(?:static |sealed |abstract |partial |readonly |unsafe |ref )*(?:class|record struct|record|struct|interface|enum|delegate [\w<>?,\[\] ]+?) (\w+)",
        RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"\b[A-Z]\w+")]
    private static partial Regex Word();
}
