using Runner.Execution.Files;
using Runner.Execution.Scopes;

namespace Runner.Execution.FileCommands;

/// <summary>
/// <c>GITHUB_ARTIFACTS</c>: what the step built, an entry a line. Empty lines and those that begin with <c>#</c> are skipped; relative paths are those of
/// the workspace. One bad line, and none counts.
/// </summary>
internal sealed class ArtifactsFile(JobArtifacts artifacts) : IFileCommand
{
    /// <summary>Largest file of a step.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <inheritdoc/>
    public string Name => "artifacts";

    /// <inheritdoc/>
    public string FilePrefix => "artifacts_";

    /// <inheritdoc/>
    public bool IsFolderNothing => true;

    /// <inheritdoc/>
    public void Run(string file, StepScope step)
    {
        using var content = RegularFile.Open(file);
        var size = RandomAccess.GetLength(content);
        if (size > MaxBytes)
        {
            throw new FileCommandException($"$GITHUB_ARTIFACTS supports content up to a size of {MaxBytes / 1024}k, got {size / 1024}k.");
        }

        var declared = Read(RegularFile.ReadLines(file, MaxBytes), step).ToList();
        var added = declared.Count(entry => AtLine(entry.Line, () => artifacts.Add(entry.Subject)));
        if (added > 0)
        {
            step.Log.Write($"{added} artifact subject(s) declared by this step, {artifacts.Count} by the job so far");
        }
    }

    private static IEnumerable<(int Line, ArtifactSubject Subject)> Read(IReadOnlyList<string> lines, StepScope step)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            var entry = lines[i].Trim();
            if (entry.Length > 0 && entry[0] != '#')
            {
                yield return (i + 1, AtLine(i + 1, () => ArtifactSubject.Parse(entry, path => Find(path, step))));
            }
        }
    }

    private static string Find(string path, StepScope step)
    {
        if (!Path.IsPathRooted(path))
        {
            return Path.Combine(step.Job.Paths.Workspace, path);
        }

        var file = step.ToWorkerPath(path);

        // A file of this machine that has the same path is none of the container's.
        return step.SeesOtherPaths && file == path
            ? throw new FormatException($"'{path}' is in no folder that the container shares with the job")
            : file;
    }

    private static T AtLine<T>(int line, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException error)
        {
            throw new FileCommandException($"Line {line} of $GITHUB_ARTIFACTS is not valid: {error.Message}");
        }
    }
}
