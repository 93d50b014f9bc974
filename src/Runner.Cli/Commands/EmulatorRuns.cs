using Runner.Emulator.Runs;
using Runner.Jobs.Errors;

namespace Runner.Cli.Commands;

/// <summary>Finds runs and jobs by what was typed.</summary>
internal static class EmulatorRuns
{
    /// <exception cref="WorkflowException">There is no such run.</exception>
    public static async Task<RunInfo> FindAsync(EmulatorConnection emulator, long run, CancellationToken cancellationToken) =>
        await emulator.Client.FindRunAsync(run, cancellationToken)
            ?? throw new WorkflowException($"There is no run {run}; see 'runner emulator runs'");

    /// <exception cref="WorkflowException">There is no such job, or none was named of several.</exception>
    public static JobInfo Pick(RunInfo run, string? name)
    {
        var names = run.Jobs.Select(job => job.Name).ToList();
        return (run.Jobs, name) switch
        {
            ([var only], null) => only,
            (_, null) => throw new WorkflowException($"Run {run.Id} has several jobs, name one: {string.Join(", ", names)}"),
            _ => run.Jobs.FirstOrDefault(job => job.Name == name || job.Key == name)
                ?? throw new WorkflowException($"Run {run.Id} has no job '{name}', only: {string.Join(", ", names)}{NearestName.Hint(name, names)}"),
        };
    }
}
