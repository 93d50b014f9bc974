namespace Runner.Integration.Tests.Jobs;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    /// <summary>Its folder.</summary>
    public static string Root { get; } = Find();

    /// <summary>The example that the quick start runs.</summary>
    public static string QuickStart => File.ReadAllText(Path.Combine(Root, "docs/examples/quickstart.yml"));

    /// <summary>A file under <c>artifacts/</c>, or a skip of the test that says how to build it.</summary>
    public static string Artifact(string name)
    {
        var path = Path.Combine(Root, "artifacts", name);
        Assert.SkipWhen(!File.Exists(path), $"artifacts/{name} is not built: run scripts/build.sh");
        return path;
    }

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Runner.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository");
        }

        return folder.FullName;
    }
}
