using Microsoft.Extensions.Logging;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Protocol.Http;

namespace Runner.Protocol.RunService;

/// <summary>Acquires, renews and completes jobs (<c>run-service.md</c> sections 1 to 4).</summary>
/// <remarks>
/// The service's own number in the body decides, not the HTTP status: 404, 409 and 422 are refusals, everything else passes and is
/// tried again as the client's <see cref="RetryOptions"/> say. To acquire, the address is that of the message and the token is the
/// runner's; to renew and complete, both stand in the job message (<see cref="ForJob"/>).
/// </remarks>
public sealed class RunServiceClient(
    HttpClient http, Uri address, ITokenSource tokens, RetryOptions retry, TimeProvider time, ILogger<RunServiceClient> logger)
{
    private const string PlanHeader = "x-plan-id";

    // A renewal that hangs must not hold up the next one.
    private static readonly TimeSpan RenewTimeout = TimeSpan.FromSeconds(30);

    private readonly ServiceTransport _transport = new(http, tokens, time);
    private readonly RetryPipeline _retry = new(retry, time, logger);

    /// <summary>A client to renew and complete a job by what its message brings.</summary>
    /// <exception cref="WorkflowException">The message names no run service.</exception>
    public static RunServiceClient ForJob(
        HttpClient http, JobMessage job, RetryOptions retry, TimeProvider time, ILogger<RunServiceClient> logger)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (job.SystemConnection is not { AccessToken: { Length: > 0 } token } connection
            || !Uri.TryCreate(connection.Url, UriKind.Absolute, out var address))
        {
            throw new WorkflowException("The job message has no endpoint 'SystemVssConnection' with an address and a token: the job cannot be reported");
        }

        return new RunServiceClient(http, address, new FixedToken(new Jobs.Secrets.Secret(token)), retry, time, logger);
    }

    /// <summary>Takes a job that was offered. An answer that is no job message, such as one that was cut, is asked for again.</summary>
    /// <param name="runnerRequestId">As in the message.</param>
    /// <param name="runnerOs"><c>Linux</c>, <c>Windows</c> or <c>macOS</c>.</param>
    /// <param name="billingOwnerId">As in the message.</param>
    /// <param name="cancellationToken">Stops waiting and trying.</param>
    /// <exception cref="ProtocolException">It is gone, taken or cannot be processed.</exception>
    /// <exception cref="UnreadableJobMessageException">It is ours, but cannot be read.</exception>
    /// <exception cref="InfrastructureException">The tries are used up.</exception>
    public async Task<JobMessage> AcquireJobAsync(
        string runnerRequestId, string runnerOs, string? billingOwnerId, CancellationToken cancellationToken)
    {
        var body = new AcquireJobRequest { JobMessageId = runnerRequestId, RunnerOs = runnerOs, BillingOwnerId = billingOwnerId };
        var call = ServiceCall.Post(address, RunServiceRoutes.AcquireJob, body, RunServiceJson.Default.AcquireJobRequest);
        UnreadableJobMessageException? unread = null;
        try
        {
            return await _retry.ExecuteAsync(AcquireAsync, cancellationToken);
        }
        catch (Exception error) when (unread is not null && error is InfrastructureException or ProtocolException)
        {
            // The service said 200 before, so the job is ours whatever it says now.
            throw unread;
        }

        async Task<JobMessage> AcquireAsync(CancellationToken token)
        {
            var reply = Checked(await _transport.SendAsync(call, token));
            try
            {
                return JobMessageReader.Read(reply.Body);
            }
            catch (UnreadableJobMessageException unreadable)
            {
                // The offer's own id is nearly always the job's, and the answer's header has the plan.
                unread = unreadable.With(unread).With(new UnreadableJobMessageException(unreadable.Message)
                {
                    PlanId = reply.Headers.TryGetValues(PlanHeader, out var plans) && Guid.TryParse(plans.FirstOrDefault(), out var plan) ? new PlanId(plan) : null,
                    JobId = Guid.TryParse(runnerRequestId, out var job) ? new JobId(job) : null,
                });
                throw unreadable.IsWhole ? unread : new InfrastructureException($"{reply}, but with no job message: {unreadable.Message}", unreadable);
            }
        }
    }

    /// <summary>Prolongs the job's lock.</summary>
    /// <returns>Until when the job is ours, by this machine's clock.</returns>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorKind.JobNotFound"/>: the job is no longer ours.</exception>
    /// <exception cref="InfrastructureException">The tries are used up.</exception>
    public async Task<DateTimeOffset> RenewJobAsync(PlanId planId, JobId jobId, CancellationToken cancellationToken)
    {
        var body = new RenewJobRequest { PlanId = planId, JobId = jobId };
        var call = ServiceCall.Post(address, RunServiceRoutes.RenewJob, body, RunServiceJson.Default.RenewJobRequest) with { Timeout = RenewTimeout };
        var reply = await CallAsync(call, cancellationToken);
        return reply.Read(RunServiceJson.Default.RenewJobResponse).LockedUntil + reply.ClockLead;
    }

    /// <summary>Ends the job.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorKind.JobNotFound"/>: it is over already, or no longer ours.</exception>
    /// <exception cref="InfrastructureException">The tries are used up.</exception>
    public async Task CompleteJobAsync(CompleteJobRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        await CallAsync(ServiceCall.Post(address, RunServiceRoutes.CompleteJob, request, RunServiceJson.Default.CompleteJobRequest), cancellationToken);
    }

    private Task<ServiceReply> CallAsync(ServiceCall call, CancellationToken cancellationToken) =>
        _retry.ExecuteAsync(async token => Checked(await _transport.SendAsync(call, token)), cancellationToken);

    private static ServiceReply Checked(ServiceReply reply)
    {
        if (reply.IsSuccess)
        {
            return reply;
        }

        var body = reply.TryRead(RunServiceJson.Default.RunServiceErrorBody);
        var code = body?.Source == RunServiceErrorBody.RunServiceSource ? body.StatusCode : 0;
        throw (code, reply.Status) switch
        {
            (404, _) => reply.Refusal(ProtocolErrorKind.JobNotFound, body?.ErrorMessage, code),
            (409, _) => reply.Refusal(ProtocolErrorKind.JobTaken, body?.ErrorMessage, code),
            (422, _) => reply.Refusal(ProtocolErrorKind.JobNotProcessable, body?.ErrorMessage, code),
            (_, 401) => reply.Refusal(ProtocolErrorKind.Unauthorized, body?.ErrorMessage),
            _ => reply.Passing(body?.ErrorMessage),
        };
    }
}
