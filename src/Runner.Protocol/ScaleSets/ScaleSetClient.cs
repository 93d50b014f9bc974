using System.Globalization;
using Microsoft.Extensions.Logging;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.Protocol.ScaleSets;

/// <summary>Scale sets, their sessions and their runners (<c>scaleset.md</c>), as who administers them.</summary>
public sealed class ScaleSetClient(HttpClient http, IActionsTenant tenant, RetryOptions retry, TimeProvider time, ILogger<ScaleSetClient> logger)
{
    private const string DefaultGroup = "default";

    private readonly ServiceTransport _transport = new(http, tenant, time);
    private readonly RetryPipeline _retry = new(retry, time, logger);

    /// <summary>The number of a runner group.</summary>
    /// <param name="name">Its name, or <c>null</c>: the default one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="OperatorException">There is none of that name.</exception>
    /// <exception cref="ProtocolException">Refused.</exception>
    /// <exception cref="InfrastructureException">The tries are used up.</exception>
    public async Task<int> FindGroupAsync(string? name, CancellationToken cancellationToken)
    {
        var reply = await CallAsync(HttpMethod.Get, $"{ScaleSetRoutes.Groups}?groupName={Uri.EscapeDataString(name ?? DefaultGroup)}", content: null, cancellationToken);
        return reply.Read(ScaleSetJson.Default.Groups).Value is [var group]
            ? group.Id
            : throw new OperatorException($"runnerGroup '{name ?? DefaultGroup}' is unknown at GitHub, or not shown to these credentials");
    }

    /// <summary>The set of a name in a group, or in whatever group; <c>null</c>: there is none.</summary>
    /// <exception cref="ProtocolException">Refused.</exception>
    /// <exception cref="InfrastructureException">The tries are used up.</exception>
    public async Task<RunnerScaleSet?> FindAsync(int? group, string name, CancellationToken cancellationToken)
    {
        var inGroup = group is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"runnerGroupId={group}&");
        var route = $"{ScaleSetRoutes.Sets}?{inGroup}name={Uri.EscapeDataString(name)}";
        var reply = await CallAsync(HttpMethod.Get, route, content: null, cancellationToken);

        // A server that does not know the filter gives all of them.
        return (reply.Read(ScaleSetJson.Default.ScaleSets).Value ?? []).FirstOrDefault(set => string.Equals(set.Name, name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Makes a set.</summary>
    /// <exception cref="ProtocolException">Refused.</exception>
    /// <exception cref="InfrastructureException">The tries are used up.</exception>
    public Task<RunnerScaleSet> CreateAsync(RunnerScaleSet set, CancellationToken cancellationToken) =>
        SetAsync(HttpMethod.Post, ScaleSetRoutes.Sets, set, cancellationToken);

    /// <summary>Changes a set, and gives it as it is then.</summary>
    /// <exception cref="ProtocolException">Refused; <see cref="ProtocolErrorKind.ScaleSetNotFound"/>.</exception>
    /// <exception cref="InfrastructureException">The tries are used up.</exception>
    public Task<RunnerScaleSet> UpdateAsync(int id, RunnerScaleSet changes, CancellationToken cancellationToken) =>
        SetAsync(HttpMethod.Patch, Set(id), changes, cancellationToken);

    /// <summary>Deletes a set. False where there was none.</summary>
    /// <exception cref="ProtocolException">Refused.</exception>
    /// <exception cref="InfrastructureException">The tries are used up.</exception>
    public async Task<bool> DeleteAsync(int id, CancellationToken cancellationToken)
    {
        try
        {
            await CallAsync(HttpMethod.Delete, Set(id), content: null, cancellationToken);
            return true;
        }
        catch (ProtocolException refusal) when (refusal.Kind == ProtocolErrorKind.ScaleSetNotFound)
        {
            return false;
        }
    }

    /// <summary>Opens the set's one message session.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorKind.SessionConflict"/>: another one is open; <see cref="ProtocolErrorKind.ScaleSetNotFound"/>.</exception>
    /// <exception cref="InfrastructureException">The tries are used up.</exception>
    public async Task<ScaleSetMessages> OpenSessionAsync(int id, string ownerName, CancellationToken cancellationToken)
    {
        var body = new ScaleSetSessionRequest { OwnerName = ownerName };
        var reply = await CallAsync(
            HttpMethod.Post, $"{Set(id)}/sessions", () => ServiceCall.Json(body, ScaleSetJson.Default.ScaleSetSessionRequest), cancellationToken);
        return new ScaleSetMessages(this, id, Session(reply), http, time);
    }

    /// <summary>Registers a runner of the set for one job.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorKind.RunnerNameTaken"/>, <see cref="ProtocolErrorKind.ScaleSetNotFound"/>.</exception>
    /// <exception cref="InfrastructureException">The tries are used up.</exception>
    public async Task<ScaleSetJitResponse> NewRunnerAsync(int id, string name, CancellationToken cancellationToken)
    {
        var body = new ScaleSetJitRequest { Name = name, WorkFolder = "_work" };
        var reply = await CallAsync(
            HttpMethod.Post, $"{Set(id)}/generatejitconfig", () => ServiceCall.Json(body, ScaleSetJson.Default.ScaleSetJitRequest), cancellationToken);
        return reply.Read(ScaleSetJson.Default.ScaleSetJitResponse);
    }

    /// <summary>The runner of a name, or <c>null</c>.</summary>
    /// <exception cref="ProtocolException">Refused.</exception>
    /// <exception cref="InfrastructureException">The tries are used up.</exception>
    public async Task<ScaleSetRunner?> FindRunnerAsync(string name, CancellationToken cancellationToken)
    {
        var reply = await CallAsync(HttpMethod.Get, $"{ScaleSetRoutes.Runners}?agentName={Uri.EscapeDataString(name)}", content: null, cancellationToken);
        return (reply.Read(ScaleSetJson.Default.Runners).Value ?? []).FirstOrDefault(runner => string.Equals(runner.Name, name, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Removes a runner.</summary>
    /// <exception cref="ProtocolException"><see cref="ProtocolErrorKind.RunnerNotFound"/>; <see cref="ProtocolErrorKind.RunnerBusy"/>.</exception>
    /// <exception cref="InfrastructureException">The tries are used up.</exception>
    public Task RemoveRunnerAsync(long id, CancellationToken cancellationToken) => CallAsync(
        HttpMethod.Delete, string.Create(CultureInfo.InvariantCulture, $"{ScaleSetRoutes.Runners}/{id}"), content: null, cancellationToken);

    /// <summary>The session anew: another token, and the statistics of now.</summary>
    internal async Task<ScaleSetSession> RefreshSessionAsync(int id, Guid session, CancellationToken cancellationToken) =>
        Session(await CallAsync(HttpMethod.Patch, $"{Set(id)}/sessions/{session:D}", content: null, cancellationToken));

    /// <summary>Ends a session of a set, whoever opened it.</summary>
    /// <exception cref="ProtocolException">It is gone already, or the set is.</exception>
    /// <exception cref="InfrastructureException">The tries are used up.</exception>
    public Task DeleteSessionAsync(int id, Guid session, CancellationToken cancellationToken) =>
        CallAsync(HttpMethod.Delete, $"{Set(id)}/sessions/{session:D}", content: null, cancellationToken);

    /// <summary>Address of acquisitions, which are made with the session's token.</summary>
    internal async Task<Uri> AcquireAddressAsync(int id, CancellationToken cancellationToken) =>
        ScaleSetReplies.Versioned(await tenant.AddressAsync(cancellationToken), $"{Set(id)}/acquirejobs");

    private static string Set(int id) => string.Create(CultureInfo.InvariantCulture, $"{ScaleSetRoutes.Sets}/{id}");

    private static ScaleSetSession Session(ServiceReply reply) =>
        reply.Read(ScaleSetJson.Default.ScaleSetSession) is { MessageQueueAccessToken.Length: > 0 } session
        && ScaleSetReplies.Address(session.MessageQueueUrl) is not null
            ? session
            : throw reply.Passing("the session has no queue, or no token for it");

    private async Task<RunnerScaleSet> SetAsync(HttpMethod method, string route, RunnerScaleSet set, CancellationToken cancellationToken)
    {
        var reply = await CallAsync(method, route, () => ServiceCall.Json(set, ScaleSetJson.Default.RunnerScaleSet), cancellationToken);
        var answer = reply.Read(ScaleSetJson.Default.RunnerScaleSet);
        return answer.Id is null ? throw reply.Passing("the scale set has no id") : answer;
    }

    private Task<ServiceReply> CallAsync(HttpMethod method, string route, Func<HttpContent>? content, CancellationToken cancellationToken) =>
        _retry.ExecuteAsync(
            async token =>
            {
                var address = ScaleSetReplies.Versioned(await tenant.AddressAsync(token), route);
                var call = new ServiceCall(method, address, route.Split('?')[0]) { Content = content, Configure = ScaleSetReplies.NameUs };
                return ScaleSetReplies.Checked(await _transport.SendAsync(call, token));
            },
            cancellationToken);
}
