using System.Text.Json;
using Runner.Jobs.Messages;
using Runner.Protocol.Registration;

namespace Runner.Protocol.Tenant;

/// <summary>
/// The connection of the runner that has a job of the older protocol (V1). It goes with the job's message, as an endpoint of our own, because the
/// job's lock is the runner's there: whoever renews it needs the runner's credentials, and the job's token does not do.
/// </summary>
/// <remarks>
/// A message with this endpoint is a V1 job; nothing else tells. It is as secret as the tokens beside it, and good for one ephemeral runner.
/// GitHub's own runner leaves the same credentials in a file beside the steps.
/// </remarks>
public sealed record TenantConnection
{
    private const string EndpointName = "RunnerConnection";
    private const string ConfigParameter = "JitConfig";

    /// <summary>Address of the tenant.</summary>
    public required Uri Tenant { get; init; }

    /// <summary>The runner with its credentials.</summary>
    public required JitConfig Runner { get; init; }

    /// <summary>Pool of the runner.</summary>
    public long Pool => Runner.Settings.PoolId;

    /// <summary>Adds the connection of a runner to the message of its job.</summary>
    public static JobMessage AddTo(JobMessage job, JitConfig runner)
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(runner);
        var endpoint = new ServiceEndpoint
        {
            Name = EndpointName,
            Url = runner.Settings.ServerUrl,
            Authorization = new EndpointAuthorization { Scheme = "OAuth", Parameters = new Dictionary<string, string?> { [ConfigParameter] = runner.Encode() } },
        };
        return job with { Resources = job.Resources with { Endpoints = [.. job.Resources.Endpoints.Where(other => other.Name != EndpointName), endpoint] } };
    }

    /// <summary>The connection in a job's message; <c>null</c>: the job is no V1 job.</summary>
    public static TenantConnection? Of(JobMessage job)
    {
        ArgumentNullException.ThrowIfNull(job);
        return job.Resources.Endpoints.FirstOrDefault(endpoint => endpoint.Name == EndpointName) is { } own
            && own.Authorization?.Parameters.GetValueOrDefault(ConfigParameter) is { } config
            && Uri.TryCreate(own.Url, UriKind.Absolute, out var tenant)
            ? new TenantConnection { Tenant = tenant, Runner = JitConfig.Decode(config) }
            : null;
    }

    /// <summary>The address only.</summary>
    public override string ToString() => Tenant.AbsoluteUri;
}

/// <summary>Reads a job's message that a V1 server sent.</summary>
public static class TenantJobs
{
    /// <summary>The job.</summary>
    /// <exception cref="RunService.UnreadableJobMessageException">It is not one.</exception>
    public static JobMessage Read(ReadOnlyMemory<byte> json) => RunService.JobMessageReader.Read(json);

    /// <summary>What of a message that cannot be read is enough to end its job; <c>null</c> where even that is not there.</summary>
    public static JobMessage? ReadEnvelope(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json.Span, TenantJson.Default.JobEnvelope) is { Plan: { } plan, JobId: { } job } envelope
                ? new JobMessage
                {
                    Plan = plan,
                    JobId = job,
                    RequestId = envelope.RequestId,
                    Timeline = envelope.Timeline,
                    Resources = envelope.Resources ?? new JobResources(),
                }
                : null;
        }
        catch (JsonException)
        {
            return null; // the caller has the error that matters
        }
    }
}

/// <summary>The part of a job's message that tells whose job it is.</summary>
public sealed record JobEnvelope
{
    /// <summary>The plan.</summary>
    public PlanReference? Plan { get; init; }

    /// <summary>The timeline.</summary>
    public TimelineReference? Timeline { get; init; }

    /// <summary>The job.</summary>
    public Jobs.JobId? JobId { get; init; }

    /// <summary>Its request.</summary>
    public long RequestId { get; init; }

    /// <summary>How it is reached.</summary>
    public JobResources? Resources { get; init; }
}
