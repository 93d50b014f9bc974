using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Secrets;
using Runner.Protocol.Http;
using Runner.Protocol.RunService;

namespace Runner.Testing.Cluster;

/// <summary>
/// The worker of every pod: says of a job to GitHub what the real one must say, and nothing of steps and logs, which are no matter of the agent's. It renews
/// the lock at its start and then every minute, completes the job, and leaves the outcome with its proof.
/// </summary>
internal sealed class StandInWorker(StandInClusterOptions options, TimeProvider time) : IPodWork, IDisposable
{
    private static readonly TimeSpan RenewInterval = TimeSpan.FromMinutes(1);

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false });
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<JobId> _ran = new();

    /// <summary>The jobs that were begun, each as often as it was.</summary>
    public IReadOnlyCollection<JobId> Ran => _ran;

    /// <summary>Lets jobs end that are held.</summary>
    public void LetGo() => _go.TrySetResult();

    /// <inheritdoc/>
    public async Task<(int Code, string? Message)> RunAsync(ReadOnlyMemory<byte> payload, CancellationToken stopping)
    {
        var launch = JsonSerializer.Deserialize(payload.Span, PayloadJson.Default.LaunchPayload) ?? throw new JsonException("The payload is null");
        _ran.Enqueue(launch.Job.JobId);
        var outcome = new WorkerOutcome { Conclusion = Conclusion.Succeeded, IsReported = true, WorkerStarted = time.GetUtcNow(), FirstStep = time.GetUtcNow() };
        var service = RunServiceClient.ForJob(_http, launch.Job, new RetryOptions(), time, NullLogger<RunServiceClient>.Instance);
        try
        {
            await WorkAsync(service, launch, stopping);
            await service.CompleteJobAsync(
                new CompleteJobRequest
                {
                    PlanId = launch.Job.Plan.PlanId,
                    JobId = launch.Job.JobId,
                    Conclusion = Conclusion.Succeeded,
                    StepResults = [],
                    BillingOwnerId = launch.Job.BillingOwnerId,
                },
                stopping);
        }
        catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.JobNotFound)
        {
            // As the real one takes it: the job is over at GitHub.
        }
        catch (Exception failure) when (failure is ProtocolException or InfrastructureException)
        {
            outcome = outcome with { IsReported = false, Reason = failure.Message };
        }

        return (outcome.IsReported ? 0 : 69, Encoding.UTF8.GetString((launch.OutcomeKey is { } key ? outcome.Prove(new Secret(key)) : outcome).ToJson()));
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task WorkAsync(RunServiceClient service, LaunchPayload launch, CancellationToken stopping)
    {
        var work = options.HoldsJobs ? _go.Task.WaitAsync(stopping) : Task.Delay(options.WorkTime, time, stopping);
        while (!work.IsCompleted)
        {
            await service.RenewJobAsync(launch.Job.Plan.PlanId, launch.Job.JobId, stopping);
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            await Task.WhenAny(work, Task.Delay(RenewInterval, time, pause.Token));
            await pause.CancelAsync();
        }

        await work;
    }
}
