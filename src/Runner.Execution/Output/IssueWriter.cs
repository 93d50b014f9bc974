using System.Globalization;
using Runner.Execution.Matchers;
using Runner.Execution.Scopes;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Output;

/// <summary>Makes annotations of what matchers find.</summary>
internal static class IssueWriter
{
    /// <summary>Writes the line with the mark of its severity and keeps the annotation. False: it is not one, and the line is plain.</summary>
    public static bool TryWrite(StepScope step, MatchedIssue issue, string line)
    {
        if (issue.Find(MatchedPart.Message) is not { } message || string.IsNullOrWhiteSpace(message))
        {
            step.Log.Debug("Skipping the match: its message is empty");
            return false;
        }

        AnnotationLevel? level = issue.Find(MatchedPart.Severity)?.ToUpperInvariant() switch
        {
            null or "ERROR" => AnnotationLevel.Failure,
            "WARNING" => AnnotationLevel.Warning,
            "NOTICE" => AnnotationLevel.Notice,
            _ => null,
        };
        if (level is not { } found)
        {
            step.Log.Debug($"Skipping the match: severity '{issue.Find(MatchedPart.Severity)}' is not known");
            return false;
        }

        var number = Number(issue, MatchedPart.Line);
        var column = Number(issue, MatchedPart.Column);
        step.Log.Issue(
            new Annotation
            {
                Level = found,
                Message = message,
                Path = FileOf(step, issue),
                StartLine = number,
                EndLine = number,
                StartColumn = column,
                EndColumn = column,
            },
            line);
        return true;
    }

    private static long Number(MatchedIssue issue, MatchedPart part) =>
        long.TryParse(issue.Find(part), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    // A file that is not of the job's repository cannot be shown with its code: the annotation stays, without it.
    private static string? FileOf(StepScope step, MatchedIssue issue)
    {
        // Output may hold anything; a path cannot hold a zero.
        if (issue.Find(MatchedPart.File) is not { } file || HasZero(file))
        {
            return null;
        }

        var workspace = step.Job.Paths.Workspace;
        var folder = issue.Find(MatchedPart.FromPath) is { } from && !HasZero(from) ? Path.GetDirectoryName(Path.Combine(workspace, from)) ?? workspace : workspace;
        var path = Path.GetFullPath(Path.Combine(folder, file));
        if (!File.Exists(path))
        {
            step.Log.Debug($"Dropping the file of the match: '{path}' does not exist");
            return null;
        }

        var root = RepositoryFolder.Find(path, step.Job);
        return root is null ? null : Path.GetRelativePath(root, path);
    }

    private static bool HasZero(string path) => path.Contains('\0', StringComparison.Ordinal);
}
