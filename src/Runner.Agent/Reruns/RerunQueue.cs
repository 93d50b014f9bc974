using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Backends;
using Runner.GitHub.Runs;
using Runner.Jobs.Errors;

namespace Runner.Agent.Reruns;

/// <summary>Pays what the <see cref="RerunLedger"/> says is owed: waits for the end of the run, and asks GitHub to run the job again.</summary>
/// <remarks>
/// Each agent may do it for every note: GitHub refuses a second re-run while the first one goes on, and a run that went on is seen by its
/// attempt. An agent looks seldom at the notes of others, which mostly live.
/// </remarks>
internal sealed class RerunQueue(
    RerunLedger ledger,
    IAgentNotes notes,
    IWorkflowRuns runs,
    AgentHealth health,
    AgentMetrics metrics,
    SupervisionOptions options,
    TimeProvider time,
    ILogger<RerunQueue> logger) : BackgroundService
{
    private const int TurnsOfOthers = 10;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!ledger.IsUsed)
        {
            return;
        }

        var loop = health.Watch("re-runs", pool: null);
        for (var turn = 0; ; turn = (turn + 1) % TurnsOfOthers)
        {
            loop.Turn(isReady: true);
            try
            {
                await TurnAsync(isOfAll: turn == 0, stoppingToken);
            }
            catch (Exception error) when (error is InfrastructureException or OperatorException)
            {
                logger.RerunCallFailed("Looking at owed re-runs", error.Message);
            }

            await Task.Delay(options.AdoptionInterval, time, stoppingToken);
        }
    }

    private async Task TurnAsync(bool isOfAll, CancellationToken cancellationToken)
    {
        var open = new List<OwedRerun>();
        foreach (var (name, text) in (await notes.ListAsync(cancellationToken)).Where(note => OwedRerun.IsName(note.Key)))
        {
            if (OwedRerun.Parse(text) is not { } owed || RerunRules.IsOver(owed, time.GetUtcNow()))
            {
                await notes.RemoveAsync(name, cancellationToken);
            }
            else if (owed.Asked is null)
            {
                open.Add(owed);
            }
        }

        foreach (var run in open.GroupBy(owed => (owed.Job.Repository, owed.Job.Run)).Where(run => isOfAll || run.Any(owed => owed.Writer == ledger.Writer)))
        {
            try
            {
                await PayAsync(run.Key.Repository, run.Key.Run, [.. run], cancellationToken);
            }
            catch (Exception error) when (error is InfrastructureException or OperatorException)
            {
                logger.RerunFailed(run.Key.Run, run.Key.Repository, error.Message); // the others are not to wait for this one
            }
        }
    }

    private async Task PayAsync(string repository, long run, List<OwedRerun> all, CancellationToken cancellationToken)
    {
        var state = await runs.FindAsync(repository, run, cancellationToken);
        var due = new List<OwedRerun>();
        foreach (var owed in all)
        {
            switch (RerunRules.Next(owed, state, time.GetUtcNow()))
            {
                case (RerunStep.Ask, _):
                    due.Add(owed);
                    break;
                case (RerunStep.Await, _):
                    await MarkAsync(owed, cancellationToken);
                    break;
                case (RerunStep.Forget, var why):
                    await ForgetAsync(owed, why, cancellationToken);
                    break;
            }
        }

        if (due.Count > 0)
        {
            await AskAsync(repository, run, due, cancellationToken);
        }
    }

    private async Task AskAsync(string repository, long run, List<OwedRerun> due, CancellationToken cancellationToken)
    {
        // A run takes one re-run at a time, so that several jobs are run again together.
        var reply = due is [{ Job.Job: { } job }]
            ? await runs.RerunJobAsync(repository, job, cancellationToken)
            : new RerunReply(RerunReplyKind.Refused, string.Empty);
        if (reply.Kind == RerunReplyKind.Refused)
        {
            reply = await runs.RerunFailedJobsAsync(repository, run, cancellationToken); // not every server runs single jobs again
        }

        foreach (var owed in reply.Kind == RerunReplyKind.NotYet ? [] : due)
        {
            if (reply.Kind == RerunReplyKind.Refused)
            {
                await ForgetAsync(owed, reply.Detail, cancellationToken);
                continue;
            }

            await MarkAsync(owed, cancellationToken);
            metrics.RerunAsked(owed.Pool, owed.Cause);
            logger.RerunAsked(owed.Job.JobName, run, repository, owed.Job.Attempt + 1);
        }
    }

    private Task MarkAsync(OwedRerun owed, CancellationToken cancellationToken) =>
        notes.KeepAsync(owed.NoteName, (owed with { Asked = time.GetUtcNow() }).ToText(), cancellationToken);

    private async Task ForgetAsync(OwedRerun owed, string why, CancellationToken cancellationToken)
    {
        logger.RerunForgotten(owed.Job.JobName, owed.Job.Run, owed.Job.Repository, why);
        await notes.RemoveAsync(owed.NoteName, cancellationToken);
    }
}
