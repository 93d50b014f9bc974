using System.Globalization;
using Runner.Execution.Scopes;

namespace Runner.Execution.Commands;

/// <summary>Where an annotation points to. 0 stands for none.</summary>
internal readonly record struct IssuePlace(string? File, long Line, long EndLine, long Column, long EndColumn)
{
    /// <summary>
    /// Reads the properties of an issue command by GitHub's rules (<c>worker-semantics.md</c> section 6): what does not fit together is dropped, with
    /// a word in debug mode.
    /// </summary>
    public static IssuePlace Read(WorkflowCommand command, StepScope step)
    {
        Action<string> explain = step.Log.Debug;
        var line = Number(command, "line", explain);
        var endLine = Number(command, "endLine", explain);
        var column = Number(command, "col", explain);
        var endColumn = Number(command, "endColumn", explain);

        line = line == 0 ? endLine : line;
        column = column == 0 ? endColumn : column;
        if (column != 0 && line == 0)
        {
            explain("'col' and 'endColumn' need a 'line': they are dropped");
            (column, endColumn) = (0, 0);
        }

        if (column != 0 && endLine != 0 && endLine != line)
        {
            explain("'col' and 'endColumn' cannot be used where 'line' and 'endLine' differ: they are dropped");
            (column, endColumn) = (0, 0);
        }

        if (endLine != 0 && endLine < line)
        {
            explain("'endLine' is less than 'line': both are dropped");
            (line, endLine) = (0, 0);
        }

        if (endColumn != 0 && endColumn < column)
        {
            explain("'endColumn' is less than 'col': both are dropped");
            (column, endColumn) = (0, 0);
        }

        return new IssuePlace(
            RelativeTo(step, command.Property("file")), line, endLine == 0 ? line : endLine, column, endColumn == 0 ? column : endColumn);
    }

    private static long Number(WorkflowCommand command, string name, Action<string> explain)
    {
        if (command.Property(name) is not { } text)
        {
            return 0;
        }

        if (long.TryParse(text, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        explain($"'{name}' must be a number, not '{text}': it is dropped");
        return 0;
    }

    private static string? RelativeTo(StepScope step, string? file)
    {
        if (file is null)
        {
            return null;
        }

        file = step.ToWorkerPath(file);
        var folder = step.Job.Paths.Workspace.TrimEnd('/') + "/";
        return (file.StartsWith(folder, StringComparison.Ordinal) ? file[folder.Length..] : file).Replace('\\', '/');
    }
}
