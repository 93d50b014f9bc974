using Runner.GitHub.Runs;

namespace Runner.Agent.Tests.Sources;

/// <summary>What GitHub says of a job's labels.</summary>
internal sealed class ScriptedJobs : IWorkflowJobs
{
    /// <summary>How often it was asked.</summary>
    public int Calls { get; private set; }

    /// <summary>Whose job it was asked for last.</summary>
    public string? Repository { get; private set; }

    /// <summary>Which one.</summary>
    public long Number { get; private set; }

    /// <summary>The labels of every job.</summary>
    public IReadOnlyList<string> Labels { get; set; } = [];

    /// <summary>What it fails with, or <c>null</c>.</summary>
    public Exception? Failure { get; set; }

    public Task<IReadOnlyList<string>> FindLabelsAsync(string repository, long number, CancellationToken cancellationToken)
    {
        (Calls, Repository, Number) = (Calls + 1, repository, number);
        return Failure is null ? Task.FromResult(Labels) : Task.FromException<IReadOnlyList<string>>(Failure);
    }
}
