namespace Runner.Backends;

/// <summary>What <c>scripts/build.sh</c> puts beside the worker.</summary>
internal static class WorkerNeighbour
{
    /// <summary>A folder beside the worker, or <c>null</c> where it is not there.</summary>
    public static string? Find(string workerPath, string name)
    {
        var folder = Path.Combine(Path.GetDirectoryName(workerPath) ?? "/", name);
        return Directory.Exists(folder) ? folder : null;
    }
}
