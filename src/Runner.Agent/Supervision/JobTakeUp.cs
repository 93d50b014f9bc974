using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.Journal;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;

namespace Runner.Agent.Supervision;

/// <summary>Goes on where an agent ended that had taken a job and left it nowhere: the job is started, or it is told to GitHub that it failed.</summary>
internal sealed class JobTakeUp(
    IJobBackend backend, JobSupervisor supervisor, IJobServices services, IRunnerSessions sessions, JobSizing sizing, AgentOptions options, TimeProvider time, ILogger<JobTakeUp> logger)
{
    /// <summary>Takes the job up. <c>null</c> where nothing runs: it was concluded, or it is not ours any more, or the next look tries again.</summary>
    /// <param name="entry">The job. It is removed, or disposed, by this call or by the run.</param>
    /// <param name="pool">Its pool, or <c>null</c>: there is none of that name any more.</param>
    /// <param name="cancellationToken">Stops it before the job is acquired.</param>
    public async Task<JobRun?> StartAsync(JournalEntry entry, RunnerPool? pool, CancellationToken cancellationToken)
    {
        var isNew = entry.Record.Payload is null;
        if (isNew && !await AcquireAsync(entry, pool, cancellationToken))
        {
            return null;
        }

        if (entry.Record.ToLaunch() is not { } launch)
        {
            await entry.RemoveAsync();
            return null;
        }

        if (!isNew && !await IsLostAsync(entry, launch, cancellationToken))
        {
            return null;
        }

        if (!entry.Record.HasStarted)
        {
            logger.JobTakenUp(launch.JobId.ToString(), launch.Pool);
            return supervisor.TakeUp(launch, entry);
        }

        const string Lost = "The agent that ran the job ended, and so did the job, without telling how it went";
        await FailAsync(services.For(launch.Job), Lost, launch.JobId.ToString());
        await entry.RemoveAsync();
        return null;
    }

    // The offer was there, and whether the job was acquired is not known: asked by the same runner, GitHub gives it again.
    private async Task<bool> AcquireAsync(JournalEntry entry, RunnerPool? pool, CancellationToken cancellationToken)
    {
        var record = entry.Record;
        try
        {
            using var session = sessions.Resume(new Secret(record.JitConfig));
            var job = await session.AcquireAsync(record.ToOffer(), cancellationToken);
            if (!await IsNowhereAsync(job.Message.JobId, job.Service, cancellationToken))
            {
                await entry.RemoveAsync(); // it is adopted where it is
                return false;
            }

            if (pool is null)
            {
                await FailAsync(job.Service, $"The runner has no pool '{record.Pool}' any more", job.Message.JobId.ToString());
                await entry.RemoveAsync();
                return false;
            }

            try
            {
                var size = await sizing.FindAsync(pool, job.Message, asked: null, CancellationToken.None);
                entry.Keep(PoolLaunches.Of(job.Message, record.RunnerName, pool, size, options, record.MessageSeen));
                return true;
            }
            catch (WorkflowException refusal)
            {
                await FailAsync(job.Service, refusal.Message, job.Message.JobId.ToString());
                await entry.RemoveAsync();
                return false;
            }
        }
        catch (UnreadableJobException error)
        {
            await FailAsync(error.Service, $"The runner cannot read this job, so it did not run it: {error.Message}", record.RunnerRequestId);
            await entry.RemoveAsync();
        }
        catch (Exception error) when (error is ProtocolException or OperatorException or FormatException)
        {
            logger.OfferGone(record.RunnerRequestId, error.Message);
            await entry.RemoveAsync();
        }
        catch (InfrastructureException error)
        {
            logger.OfferGone(record.RunnerRequestId, error.Message);
            entry.Dispose(); // the next look finds it again
        }

        return false;
    }

    /// <summary>Whether a job that was acquired is in no place, and not over. One that another agent looks after is left to it, and looked at again.</summary>
    private async Task<bool> IsLostAsync(JournalEntry entry, JobLaunch launch, CancellationToken cancellationToken)
    {
        try
        {
            if (await IsNowhereAsync(launch.JobId, services.For(launch.Job), cancellationToken))
            {
                return true;
            }

            entry.Dispose();
        }
        catch (Exception over) when (over is ProtocolException or OperatorException or FormatException)
        {
            logger.OfferGone(entry.Record.RunnerRequestId, over.Message);
            await entry.RemoveAsync();
        }
        catch (InfrastructureException error)
        {
            logger.OfferGone(entry.Record.RunnerRequestId, error.Message);
            entry.Dispose(); // the next look finds it again
        }

        return false;
    }

    /// <summary>
    /// Whether a job that was taken was never launched, or has lost its place. One without a place may also be over, but a place goes only after GitHub was
    /// told of the end: where the lock can be renewed after the look for a place, there was none. Of one whose message names no service that is not known.
    /// </summary>
    private async Task<bool> IsNowhereAsync(JobId job, IJobService? service, CancellationToken cancellationToken)
    {
        if (supervisor.Has(job) || await backend.HasPlaceAsync(job, cancellationToken))
        {
            return false;
        }

        await (service?.RenewAsync(cancellationToken) ?? Task.CompletedTask);
        return true;
    }

    private async Task FailAsync(IJobService? service, string message, string job)
    {
        var verdict = JobVerdict.Failed(VerdictReasons.Unreported, message, isInfrastructure: true);
        if (service is null)
        {
            logger.JobCannotBeCompleted(job, message);
        }
        else if (await new JobReport(options.Agent, time, logger).SendAsync(service, verdict, CancellationToken.None))
        {
            logger.JobCompletedByAgent(job, message);
        }
    }
}
