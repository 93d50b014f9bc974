using System.Text;
using Runner.Agent.Contracts;
using Runner.Protocol.Broker;
using Runner.Protocol.Http;
using Runner.Protocol.OAuth;
using Runner.Protocol.Registration;
using Runner.Protocol.RunService;
using Runner.Protocol.Tenant;

namespace Runner.Agent.GitHubClients;

/// <summary>Takes the jobs that are offered to one runner, however the offer came.</summary>
internal sealed class JobAcquisition(JitConfig config, JobClients clients, OAuthTokenClient tokens)
{
    private const string Os = "Linux";

    /// <summary>Takes a job: from the run service, or, where the offer has the job itself (V1), by the first renewal of its lock.</summary>
    /// <exception cref="ProtocolException">It is gone or taken.</exception>
    /// <exception cref="UnreadableJobException">It was taken, and cannot be run as it is.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">The tries are used up.</exception>
    public Task<AcquiredJob> AcquireAsync(RunnerJobRequest offer, CancellationToken cancellationToken) => offer.JobMessage is { } message
        ? TakeAsync(Encoding.UTF8.GetBytes(message), cancellationToken)
        : AcquireFromRunServiceAsync(offer, cancellationToken);

    /// <summary>Takes a V1 job by its message: its lock is prolonged once, which says whether it is ours.</summary>
    public async Task<AcquiredJob> TakeAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        try
        {
            var job = TenantConnection.AddTo(TenantJobs.Read(message), config);
            if (job.SystemConnection is not { AccessToken.Length: > 0 })
            {
                throw new UnreadableJobException(
                    "its message has no endpoint 'SystemVssConnection' with a token", clients.For(job));
            }

            var service = clients.For(job) ?? throw new ProtocolException(ProtocolErrorKind.BadReply, "The runner's configuration names no server");
            await RenewAsync(service, cancellationToken);
            return new AcquiredJob(job, service);
        }
        catch (UnreadableJobMessageException unreadable)
        {
            var service = TenantJobs.ReadEnvelope(message) is { } envelope ? clients.For(TenantConnection.AddTo(envelope, config)) : null;
            if (service is not null)
            {
                await RenewAsync(service, cancellationToken);
            }

            throw new UnreadableJobException(unreadable.Message, service);
        }
    }

    // No slot's loop repeats it: the message came once.
    private Task<DateTimeOffset> RenewAsync(IJobService service, CancellationToken cancellationToken) =>
        clients.Repeats().ExecuteAsync(service.RenewAsync, cancellationToken);

    private async Task<AcquiredJob> AcquireFromRunServiceAsync(RunnerJobRequest offer, CancellationToken cancellationToken)
    {
        if (offer.RunnerRequestId is not { Length: > 0 } id || !Uri.TryCreate(offer.RunServiceUrl, UriKind.Absolute, out var address))
        {
            throw new ProtocolException(ProtocolErrorKind.BadReply, "The offer names no job, or no run service to take it from");
        }

        try
        {
            var job = await clients.Acquirer(address, tokens).AcquireJobAsync(id, Os, offer.BillingOwnerId, cancellationToken);
            return clients.For(job) is { } service
                ? new AcquiredJob(job, service)
                : throw new UnreadableJobException(
                    "its message has no endpoint 'SystemVssConnection' with an address and a token",
                    clients.For(job.Plan.PlanId, job.JobId, address, tokens));
        }
        catch (UnreadableJobMessageException unreadable)
        {
            throw new UnreadableJobException(unreadable.Message, ServiceOf(unreadable, address));
        }
    }

    private GitHubJobService? ServiceOf(UnreadableJobMessageException unreadable, Uri acquiredFrom)
    {
        if (unreadable is not { PlanId: { } plan, JobId: { } job })
        {
            return null;
        }

        // Where the message does not even give its connection, the runner's own token may do.
        return unreadable is { RunServiceUrl: { } address, Token: { } token }
            ? clients.For(plan, job, address, new FixedToken(token))
            : clients.For(plan, job, acquiredFrom, tokens);
    }
}
