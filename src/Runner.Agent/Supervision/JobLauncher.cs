using System.Globalization;
using Runner.Agent.Contracts;
using Runner.Agent.Monitoring;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Workflows.Containers;

namespace Runner.Agent.Supervision;

/// <summary>What came of a launch: a place, or the verdict on a job that cannot have one.</summary>
internal sealed record LaunchResult(IJobHandle? Handle, JobVerdict? Refusal);

/// <summary>
/// Asks the backend for a place: again where it is at a loss, up to the time that the backend gives a job to start, and where it has no room just now for as
/// long as that takes; not where it refuses for good.
/// </summary>
internal sealed class JobLauncher(JobRunContext context)
{
    // A wait that nobody would notice is not told.
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(5);

    // The pause for want of room grows no further: whoever tries seldom is served last.
    private const int RoomTries = 3;

    /// <summary>Launches the job; tries end when the job is told to stop.</summary>
    public async Task<LaunchResult> LaunchAsync(JobLaunch launch, StopSignal stop)
    {
        var breaker = context.Breakers.For(launch.Pool);
        var began = context.Time.GetTimestamp();
        var troubled = began; // since when nothing but trouble was met: a wait for room is none
        IDisposable? waiting = null;
        IDisposable? crowding = null;
        launch = await context.Reruns.PrepareAsync(launch);
        var asked = launch;
        try
        {
            for (var failures = 1; ; failures++)
            {
                try
                {
                    var grant = context.Grants.Of(launch.Job);
                    launch = launch with
                    {
                        Containers = JobContainersEvaluator.Evaluate(launch.Job),
                        Network = context.Network.ForJob(),
                        Tracing = context.Traces.Of(launch.JobId),
                        ServicesToken = grant,
                        Services = context.Grants.AreNeeded && grant is null ? null : launch.Services,
                    };
                    if (context.Grants.AreNeeded && grant is null && failures == 1)
                    {
                        context.Logger.JobWithoutGrant(launch.JobId.ToString());
                    }

                    return new LaunchResult(await LaunchOnceAsync(launch), Refusal: null);
                }
                catch (WorkflowException error)
                {
                    return Refuse(VerdictReasons.Unplaceable, error.Message, isInfrastructure: false);
                }
                catch (OperatorException error)
                {
                    breaker.Fail(error.Message);
                    context.Logger.JobCallFailed("Launching", launch.JobId.ToString(), error.Message);
                    await ForgetAsync(launch);
                    return Refuse(VerdictReasons.BackendUnavailable, $"The runner is not set up to run this job: {error.Message}", isInfrastructure: true);
                }
                catch (InfrastructureException error) when (stop.Cause == StopCause.None && error.IsLackOfRoom)
                {
                    // Nothing is wrong, and room comes: what was taken is not failed for want of it. Who has enough of it cancels the job.
                    crowding ??= breaker.WaitForRoom(error.Message);
                    context.Board.Waits(launch.JobId, error.Message);
                    failures = Math.Min(failures, RoomTries);
                    var pause = RetryPauses.OfJob(context.Options, failures, error);
                    context.Logger.JobWaitsForRoom(launch.JobId.ToString(), pause.TotalSeconds, error.Message);
                    await Task.WhenAny(Task.Delay(pause, context.Time, CancellationToken.None), stop.Requested);
                    launch = Noted(asked, Waited(began), error);
                    troubled = context.Time.GetTimestamp();
                }
                catch (InfrastructureException error) when (stop.Cause == StopCause.None && Waited(troubled) < context.Backend.LaunchPatience)
                {
                    waiting ??= breaker.Wait();
                    breaker.Fail(error.Message);
                    context.Board.Waits(launch.JobId, error.Message);
                    var pause = RetryPauses.OfJob(context.Options, failures, error);
                    context.Logger.JobCallRetries("Launching", failures, launch.JobId.ToString(), pause.TotalSeconds, error.Message);
                    await Task.WhenAny(Task.Delay(pause, context.Time, CancellationToken.None), stop.Requested);
                    launch = Noted(asked, Waited(began), error);
                }
                catch (InfrastructureException error)
                {
                    context.Logger.JobCallFailed("Launching", launch.JobId.ToString(), error.Message);
                    await ForgetAsync(launch);
                    return stop.Cause == StopCause.None
                        ? Refuse(
                            VerdictReasons.BackendUnavailable,
                            $"The job could not be started within {InWords(Waited(began))}, which is not the workflow's fault: {error.Message}",
                            isInfrastructure: true)
                        : new LaunchResult(Handle: null, EndRules.Judge(new JobEnd(), stop.Cause, launch.Attempt, replacements: 0, hasOutputs: false));
                }
            }
        }
        finally
        {
            waiting?.Dispose();
            crowding?.Dispose();
        }
    }

    // Of many launches at a time it is the one that came last to the end of the memory, and no fault of its job: what this one took is free again, and a launch
    // that was cut may be made once more. Meanwhile the breaker lets no further jobs in. Where memory stays short the agent's own loops end it, and
    // the next life takes the job up as it is recorded.
    private async Task<IJobHandle> LaunchOnceAsync(JobLaunch launch)
    {
        try
        {
            return await context.Backend.LaunchAsync(launch, CancellationToken.None);
        }
        catch (OutOfMemoryException error)
        {
            throw new InfrastructureException("the agent ran out of memory as it made the job's place; its limit may be too low for so many jobs", error);
        }
    }

    private static LaunchResult Refuse(string reason, string message, bool isInfrastructure) =>
        new(Handle: null, JobVerdict.Failed(reason, message, isInfrastructure));

    // The step "Set up job" shows these lines: the job's author sees why the job began late.
    private static JobLaunch Noted(JobLaunch launch, TimeSpan waited, Exception error) => waited < Noticeable ? launch : launch with
    {
        Runner = launch.Runner with
        {
            Placement = [.. launch.Runner.Placement, $"Warning: the job waited {InWords(waited)} for its place: {error.Message}"],
        },
    };

    private static string InWords(TimeSpan time) => time < TimeSpan.FromMinutes(2)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMinutes:0} min");

    private TimeSpan Waited(long began) => context.Time.GetElapsedTime(began);

    private async Task ForgetAsync(JobLaunch launch)
    {
        try
        {
            await context.Backend.ForgetAsync(launch, CancellationToken.None);
        }
        catch (InfrastructureException error)
        {
            context.Logger.JobCallFailed("Removing what is left of the launch", launch.JobId.ToString(), error.Message);
        }
    }
}
