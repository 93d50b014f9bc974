using Runner.Emulator.Jobs;
using Runner.Emulator.Runners;

namespace Runner.Emulator.Broker;

/// <summary>Takes a runner out of all that knows it: by REST, and an ephemeral one when its job has ended.</summary>
internal sealed class RunnerRemoval : IDisposable
{
    private readonly RunnerRegistry _registry;
    private readonly SessionTable _sessions;
    private readonly JobBoard _board;

    public RunnerRemoval(RunnerRegistry registry, SessionTable sessions, JobBoard board)
    {
        _registry = registry;
        _sessions = sessions;
        _board = board;
        _board.JobEnded += RemoveEphemeral;
        _board.AssignmentLost += SpendWithoutJob;
    }

    /// <summary>Removes a runner. False where there is none of that id.</summary>
    public bool Remove(int runner)
    {
        if (!_registry.Remove(runner))
        {
            return false;
        }

        _sessions.Delete(runner);
        _board.RemoveRunner(runner);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _board.JobEnded -= RemoveEphemeral;
        _board.AssignmentLost -= SpendWithoutJob;
    }

    // Its poll is left to run out: GitHub's own runner stops by itself once its worker has ended, and an answer before that would tell
    // it that it was deleted in the middle of its job.
    private void RemoveEphemeral(JobState job)
    {
        if (job is { RunnerId: { } runner, IsRunnerEphemeral: true })
        {
            _registry.Spend(runner, hasRunJob: true);
            _sessions.Delete(runner);
        }
    }

    // Its session goes on and nothing ever comes of it: GitHub says nothing (seen live, actions/runner#4617, #4618).
    private void SpendWithoutJob(int runner) => _registry.Spend(runner, hasRunJob: false);
}
