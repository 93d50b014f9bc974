using System.Globalization;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;
using Runner.Protocol.Http;

namespace Runner.Protocol.Tenant;

/// <summary>The lock of a job (<c>run-service.md</c> section 5): its runner's, so it takes the runner's token and not the job's. It retries nothing.</summary>
public sealed class JobRequestClient(
    HttpClient http, Uri tenant, ITokenSource tokens, TenantLocations locations, long pool, long request, TimeProvider time)
{
    // What GitHub's runner gives this connection.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    // Where the server does not say for how long.
    private static readonly TimeSpan AssumedLock = TimeSpan.FromMinutes(10);

    private readonly TenantTransport _transport = new(http, tenant, tokens, locations, time);

    /// <summary>Name of the job across services, or <c>null</c>.</summary>
    public string? OrchestrationId { get; init; }

    /// <summary>Prolongs the lock.</summary>
    /// <returns>Until when the job is ours.</returns>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorKind.JobNotFound"/>: the job is no longer ours.</exception>
    /// <exception cref="InfrastructureException">To be tried again.</exception>
    public async Task<DateTimeOffset> RenewAsync(CancellationToken cancellationToken)
    {
        JobRequest answer;
        try
        {
            answer = await PatchAsync(new JobRequest { RequestId = request }, cancellationToken);
        }
        catch (ProtocolException refusal) when (refusal.Kind is ProtocolErrorKind.InvalidClient or ProtocolErrorKind.RunnerNotFound)
        {
            // It was known when it got the job; an ephemeral runner goes when its job is over.
            throw new ProtocolException(ProtocolErrorKind.JobNotFound, $"The job's runner is registered no more: {refusal.Message}", refusal);
        }
        catch (ProtocolException refusal) when (refusal.Kind is ProtocolErrorKind.Refused)
        {
            // It says nothing of whose the job is: that does the end of the lock.
            throw new InfrastructureException(refusal.Message, refusal) { StatusCode = refusal.StatusCode };
        }

        if (answer is { Result: not null, FinishTime: not null })
        {
            throw new ProtocolException(ProtocolErrorKind.JobNotFound, $"The job is over at the server: {answer.Result}");
        }

        return answer.LockedUntil ?? time.GetUtcNow() + AssumedLock;
    }

    /// <summary>Ends the request. Only for plans older than version 8: later ones end by an event.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorKind.JobNotFound"/>: it is over already, or no longer ours.</exception>
    /// <exception cref="InfrastructureException">To be tried again.</exception>
    public Task FinishAsync(Conclusion conclusion, CancellationToken cancellationToken) => PatchAsync(
        new JobRequest { RequestId = request, FinishTime = time.GetUtcNow(), Result = conclusion }, cancellationToken);

    private async Task<JobRequest> PatchAsync(JobRequest body, CancellationToken cancellationToken)
    {
        var call = new TenantCall(HttpMethod.Patch, TenantResource.JobRequests)
        {
            Values = new() { ["poolId"] = pool.ToString(CultureInfo.InvariantCulture), ["requestId"] = request.ToString(CultureInfo.InvariantCulture) },
            Query = new() { ["lockToken"] = Guid.Empty.ToString("D") }, // it was never more than that
            Timeout = Limit,
            OrchestrationId = OrchestrationId,
        };
        var reply = await _transport.SendAsync(call.With(body, TenantJson.Default.JobRequest), cancellationToken);
        var answer = reply.Read(TenantJson.Default.JobRequest);
        return answer with { LockedUntil = answer.LockedUntil + reply.ClockLead };
    }
}
