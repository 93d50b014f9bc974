namespace Runner.Testing;

/// <summary>The workflows of <c>tests/corpus</c> as texts, each without what must come of it.</summary>
public static class CorpusFiles
{
    /// <summary>All of them by name.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Workflows() =>
        Directory.EnumerateFiles(Folder(), "*.yml").Order(StringComparer.Ordinal)
            .Select(path => KeyValuePair.Create(Path.GetFileNameWithoutExtension(path), File.ReadAllText(path).Split("\n---\n")[0] + "\n"));

    private static string Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "tests", "corpus");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException($"tests/corpus is nowhere above {AppContext.BaseDirectory}");
    }
}
