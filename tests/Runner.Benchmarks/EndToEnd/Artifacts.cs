namespace Runner.Benchmarks.EndToEnd;

/// <summary>What <c>scripts/build.sh</c> made.</summary>
internal static class Artifacts
{
    public static string Runner => Find("runner");

    public static string Worker => Find("runner-worker");

    private static string Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "artifacts", name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        throw new FileNotFoundException($"artifacts/{name} is missing: run scripts/build.sh");
    }
}
