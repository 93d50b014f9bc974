namespace Runner.Testing;

/// <summary>The repository's folder <c>artifacts</c>, into which <c>scripts/build.sh</c> builds.</summary>
internal static class BuiltArtifacts
{
    /// <summary>The path of a file in it, or <c>null</c> where it was not built.</summary>
    public static string? Find(string name)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "artifacts", name);
            if (File.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}
