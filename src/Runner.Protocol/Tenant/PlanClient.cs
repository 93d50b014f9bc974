using System.Globalization;
using System.Net.Http.Headers;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Protocol.Http;

namespace Runner.Protocol.Tenant;

/// <summary>What a job tells its plan (<c>run-service.md</c> sections 6 and 7), with the job's own token. It retries nothing.</summary>
public sealed class PlanClient(HttpClient http, Uri tenant, ITokenSource tokens, TenantLocations locations, JobMessage job, TimeProvider time)
{
    private readonly TenantTransport _transport = new(http, tenant, tokens, locations, time);

    /// <summary>Brings records up to date; what they leave out stays.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorKind.JobNotFound"/>: the plan is over.</exception>
    /// <exception cref="InfrastructureException">To be tried again.</exception>
    public Task UpdateRecordsAsync(IReadOnlyList<TimelineRecord> records, CancellationToken cancellationToken) => _transport.SendAsync(
        new TenantCall(HttpMethod.Patch, TenantResource.TimelineRecords) { Values = Values(("timelineId", Timeline)) }
            .With(TenantLists.Of<TimelineRecord>(records), TenantJson.Default.TimelineRecords),
        cancellationToken);

    /// <summary>Makes a log for a record; gives its number.</summary>
    public async Task<int> CreateLogAsync(Guid record, CancellationToken cancellationToken)
    {
        var body = new TaskLog { Path = $@"logs\{record:D}" };
        var call = new TenantCall(HttpMethod.Post, TenantResource.Logs) { Values = Values() };
        var reply = await _transport.SendAsync(call.With(body, TenantJson.Default.TaskLog), cancellationToken);
        return reply.Read(TenantJson.Default.TaskLog).Id;
    }

    /// <summary>Adds a page to a log.</summary>
    public Task AppendLogAsync(int log, Func<HttpContent> page, CancellationToken cancellationToken) => _transport.SendAsync(
        new TenantCall(HttpMethod.Post, TenantResource.Logs)
        {
            Values = Values(("logId", log.ToString(CultureInfo.InvariantCulture))),
            Content = () => Octets(page()),
        },
        cancellationToken);

    /// <summary>Shows lines of a record while they come.</summary>
    /// <param name="record">The record.</param>
    /// <param name="lines">JSON of <see cref="FeedLines"/>.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task AppendFeedAsync(Guid record, ReadOnlyMemory<byte> lines, CancellationToken cancellationToken) => _transport.SendAsync(
        new TenantCall(HttpMethod.Post, TenantResource.Feed)
        {
            Values = Values(("timelineId", Timeline), ("recordId", record.ToString("D"))),
            Content = () => new ReadOnlyMemoryContent(lines) { Headers = { ContentType = new MediaTypeHeaderValue("application/json", "utf-8") } },
        },
        cancellationToken);

    /// <summary>Adds a file to a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="type">What it is: one of <see cref="AttachmentTypes"/>.</param>
    /// <param name="name">Its name.</param>
    /// <param name="content">The file.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public Task AttachAsync(Guid record, string type, string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) => _transport.SendAsync(
        new TenantCall(HttpMethod.Put, TenantResource.Attachments)
        {
            Values = Values(("timelineId", Timeline), ("recordId", record.ToString("D")), ("type", type), ("name", name)),
            Content = () => Octets(new ReadOnlyMemoryContent(content)),
        },
        cancellationToken);

    /// <summary>Ends the job.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorKind.JobNotFound"/>: it is over already.</exception>
    /// <exception cref="InfrastructureException">To be tried again.</exception>
    public Task CompleteJobAsync(JobCompletedEvent completed, CancellationToken cancellationToken) => _transport.SendAsync(
        new TenantCall(HttpMethod.Post, TenantResource.PlanEvents) { Values = Values() }.With(completed, TenantJson.Default.JobCompletedEvent),
        cancellationToken);

    /// <summary>Finds where actions are.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorKind.ActionNotResolved"/>.</exception>
    /// <exception cref="InfrastructureException">To be tried again.</exception>
    public async Task<TenantActionDownloads> FindActionsAsync(ActionReferences actions, CancellationToken cancellationToken)
    {
        var call = new TenantCall(HttpMethod.Post, TenantResource.ActionDownloads) { Values = Values(), Query = new() { ["jobId"] = job.JobId.ToString() } };
        var reply = await _transport.SendAsync(call.With(actions, TenantJson.Default.ActionReferences), cancellationToken);
        return reply.Read(TenantJson.Default.TenantActionDownloads);
    }

    private string Timeline => (job.Timeline?.Id ?? job.Plan.PlanId.Value).ToString("D");

    private Dictionary<string, string?> Values(params ReadOnlySpan<(string Name, string Value)> further)
    {
        var values = new Dictionary<string, string?>
        {
            ["scopeIdentifier"] = job.Plan.ScopeIdentifier.ToString("D"),
            ["hubName"] = job.Plan.PlanType,
            ["planId"] = job.Plan.PlanId.ToString(),
        };
        foreach (var (name, value) in further)
        {
            values[name] = value;
        }

        return values;
    }

    private static HttpContent Octets(HttpContent content)
    {
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        return content;
    }
}

/// <summary>What files of records are (<c>run-service.md</c> section 6).</summary>
public static class AttachmentTypes
{
    /// <summary>The summary of a step, Markdown.</summary>
    public const string StepSummary = "Checks.Step.Summary";
}
