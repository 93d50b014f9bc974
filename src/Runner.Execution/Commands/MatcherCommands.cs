using Runner.Execution.Files;
using Runner.Execution.Matchers;
using Runner.Execution.Scopes;

namespace Runner.Execution.Commands;

/// <summary><c>::add-matcher::file</c>: its problem matchers look at the output from now on, of later steps too.</summary>
internal sealed class AddMatcherCommand : IWorkflowCommand
{
    /// <inheritdoc/>
    public string Name => "add-matcher";

    /// <inheritdoc/>
    public void Run(WorkflowCommand command, StepScope step)
    {
        if (string.IsNullOrWhiteSpace(command.Data))
        {
            step.Log.Warning("File path must be specified.");
            return;
        }

        var matchers = MatcherSource.Read(command.Data, step);
        step.Matchers.Add(matchers);
        foreach (var matcher in matchers)
        {
            step.Log.Debug($"Added matchers: '{matcher.Owner}'. Problem matchers scan action output for known warning or error strings and report these inline.");
        }
    }
}

/// <summary><c>::remove-matcher owner=x::</c>, or <c>::remove-matcher::file</c> for all of a file.</summary>
internal sealed class RemoveMatcherCommand : IWorkflowCommand
{
    /// <inheritdoc/>
    public string Name => "remove-matcher";

    /// <inheritdoc/>
    public void Run(WorkflowCommand command, StepScope step)
    {
        var owner = command.Property("owner");
        if (owner is null == string.IsNullOrWhiteSpace(command.Data))
        {
            step.Log.Warning("Either a matcher owner or a file path must be specified, and not both.");
            return;
        }

        foreach (var removed in owner is null ? MatcherSource.Read(command.Data, step).Select(matcher => matcher.Owner) : [owner])
        {
            if (step.Matchers.Remove(removed))
            {
                step.Log.Debug($"Removed matchers: '{removed}'");
            }
        }
    }
}

/// <summary>Where the matchers of the two commands are read from.</summary>
internal static class MatcherSource
{
    private const string TimeoutVariable = "GITHUB_ACTIONS_RUNNER_ISSUE_MATCHER_TIMEOUT";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <exception cref="CommandException">The file is not there, or not valid.</exception>
    public static IReadOnlyList<ProblemMatcher> Read(string path, StepScope step)
    {
        // Container actions name it as they see it.
        var file = Path.Combine(step.Job.Paths.Workspace, step.ToWorkerPath(path));
        try
        {
            return FileState.At(file) is { Length: > MatcherFile.MaxBytes }
                ? throw new CommandException($"Issue matcher file '{path}' is larger than {MatcherFile.MaxBytes / 1024} KiB")
                : MatcherFile.Read(RegularFile.ReadText(file, MatcherFile.MaxBytes), TimeoutOf(step));
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The last of them: output may hold a zero, and a path cannot.
            throw new CommandException($"Issue matcher file '{path}': {error.Message}");
        }
    }

    private static TimeSpan TimeoutOf(StepScope step) =>
        step.Job.Host.Environment.TryGetValue(TimeoutVariable, out var text)
        && TimeSpan.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var timeout)
        && timeout > TimeSpan.Zero && timeout < TimeSpan.FromMinutes(1)
            ? timeout
            : Timeout;
}
