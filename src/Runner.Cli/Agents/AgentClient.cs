using System.Net;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Runner.Agent.Page;
using Runner.Jobs.Errors;

namespace Runner.Cli.Agents;

/// <summary>Asks an agent what its page shows.</summary>
/// <param name="http">The connection, with the token where there is one; ends with the client.</param>
internal sealed class AgentClient(HttpClient http) : IDisposable
{
    /// <summary>The variable that holds the page's token.</summary>
    public const string TokenVariable = "RUNNER_AGENT_TOKEN";

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(20);

    /// <summary>The agent and its pools, and the answer as it came.</summary>
    public Task<Answer<PoolsAnswer>> ReadPoolsAsync(CancellationToken cancellationToken) =>
        ReadAsync("api/v1/pools", PageJson.Default.PoolsAnswer, cancellationToken);

    /// <summary>Its jobs, likewise.</summary>
    public Task<Answer<JobsAnswer>> ReadJobsAsync(CancellationToken cancellationToken) => ReadAsync("api/v1/jobs", PageJson.Default.JobsAnswer, cancellationToken);

    /// <summary>What its last jobs used, likewise.</summary>
    public Task<Answer<UsageAnswer>> ReadUsageAsync(CancellationToken cancellationToken) => ReadAsync("api/v1/usage", PageJson.Default.UsageAnswer, cancellationToken);

    /// <summary>Tells of each change; ends with the agent.</summary>
    public async IAsyncEnumerable<long> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await SendAsync("api/v1/events", cancellationToken);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await using var events = SseParser.Create(stream, (_, data) => JsonSerializer.Deserialize(data, PageJson.Default.ChangeEvent)?.Version ?? 0)
            .EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(events))
        {
            yield return events.Current.Data;
        }
    }

    /// <summary>Opens the log of a job.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="follows">Whether what comes is wanted, too.</param>
    /// <param name="last">Bytes of what was before.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Stream> OpenLogAsync(string id, bool follows, int last, CancellationToken cancellationToken)
    {
        var answer = await SendAsync($"api/v1/jobs/{Uri.EscapeDataString(id)}/log?last={last}&follow={(follows ? "true" : "false")}", cancellationToken);
        return await answer.Content.ReadAsStreamAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<Answer<T>> ReadAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(path, cancellationToken);
        var text = await answer.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            return new Answer<T>(JsonSerializer.Deserialize(text, type) ?? throw Strange(), text);
        }
        catch (JsonException)
        {
            throw Strange();
        }
    }

    private async Task<HttpResponseMessage> SendAsync(string path, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return answer.IsSuccessStatusCode ? answer : throw await RefusalAsync(answer, limit.Token);
        }
        catch (HttpRequestException failure)
        {
            throw Unreachable(Causes.Of(failure), failure);
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable($"no answer within {AnswerLimit.TotalSeconds:F0} s", failure);
        }
    }

    // A connection that breaks is the end of the agent.
    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<SseItem<long>> events)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task<Exception> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        using (answer)
        {
            PageError? error = null;
            try
            {
                error = JsonSerializer.Deserialize(await answer.Content.ReadAsStringAsync(cancellationToken), PageJson.Default.PageError);
            }
            catch (JsonException)
            {
                return Strange();
            }

            var text = error?.Error is null ? null : error.Link is null ? error.Error : $"{error.Error}: {error.Link.AbsoluteUri}";
            return (answer.StatusCode, text) switch
            {
                (HttpStatusCode.Unauthorized, not null) => new OperatorException($"The agent at {http.BaseAddress} wants the token of its page: --token-file, or ${TokenVariable}"),
                (_, null) => Strange(),
                (HttpStatusCode.NotFound or HttpStatusCode.BadRequest, _) => new WorkflowException($"runner: {text}"),
                _ => new InfrastructureException(text),
            };
        }
    }

    private OperatorException Strange() => new($"What answers at {http.BaseAddress} is no page of an agent: is that the address of agent.page?");

    private InfrastructureException Unreachable(string why, Exception cause) => new(
        $"The agent at {http.BaseAddress} cannot be reached: {why}. Is it running, with its page at this address (agent.page)?"
            + " In a cluster: kubectl port-forward deployment/runner 8081",
        cause);
}

/// <summary>An answer of an agent.</summary>
/// <param name="Value">What it says.</param>
/// <param name="Text">The same as it came.</param>
internal sealed record Answer<T>(T Value, string Text);
