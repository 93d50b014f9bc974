using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Runner.Emulator.Events;
using Runner.Emulator.Rest;
using Runner.Emulator.Runners;
using Runner.Emulator.Runs;
using Runner.Jobs;
using Runner.Jobs.Errors;

namespace Runner.Emulator.Console;

/// <summary>Queues and watches runs of an emulator in another process.</summary>
/// <param name="http">Its base address is the emulator's. It needs a timeout that is longer than a run, or none.</param>
public sealed class EmulatorClient(HttpClient http) : IEmulatorView
{
    /// <summary>Queues a run of a workflow.</summary>
    /// <exception cref="WorkflowException">The workflow cannot run; the message holds all that is wrong, a line each.</exception>
    /// <exception cref="InfrastructureException">The emulator does not answer, or not as one.</exception>
    public Task<RunInfo> QueueAsync(WorkflowRequest request, CancellationToken cancellationToken) => CallAsync(async () =>
    {
        using var answer = await http.PostAsJsonAsync("emulator/runs", request, RunJson.Default.WorkflowRequest, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.UnprocessableEntity)
        {
            throw new WorkflowException(await answer.Content.ReadAsStringAsync(cancellationToken));
        }

        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync(RunJson.Default.RunInfo, cancellationToken) ?? throw new JsonException("null");
    });

    /// <summary>A token by which <c>config.sh</c> of GitHub's runner registers; valid for an hour.</summary>
    /// <param name="scope">Organisation, or <c>owner/repo</c>.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="OperatorException">The emulator refuses: the client's own token is not the one that it was started with.</exception>
    /// <exception cref="InfrastructureException">The emulator does not answer, or not as one.</exception>
    public async Task<string> NewRegistrationTokenAsync(string scope, CancellationToken cancellationToken) => (await CallAsync(async () =>
    {
        using var answer = await http.PostAsync(RestRoute(scope, "registration-token"), null, cancellationToken);
        Check(answer);
        return await answer.Content.ReadFromJsonAsync(RestJson.Default.TokenBody, cancellationToken) ?? throw new JsonException("null");
    })).Token;

    /// <summary>Registers an ephemeral runner; gives its <c>encoded_jit_config</c>.</summary>
    /// <param name="scope">Organisation, or <c>owner/repo</c>.</param>
    /// <param name="name">Its name.</param>
    /// <param name="labels">Its labels, at least one.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="OperatorException">The emulator refuses: of its token, or since the name is taken.</exception>
    /// <exception cref="InfrastructureException">The emulator does not answer, or not as one.</exception>
    public async Task<string> NewJitConfigAsync(
        string scope, string name, IEnumerable<string> labels, CancellationToken cancellationToken) => (await CallAsync(async () =>
    {
        var request = new JitRequest { Name = name, RunnerGroupId = RunnerGroups.Default, Labels = [.. labels] };
        using var answer = await http.PostAsJsonAsync(RestRoute(scope, "generate-jitconfig"), request, RestJson.Default.JitRequest, cancellationToken);
        Check(answer);
        return await answer.Content.ReadFromJsonAsync(RestJson.Default.JitResponse, cancellationToken) ?? throw new JsonException("null");
    })).EncodedJitConfig;

    /// <summary>Cancels a run. One that has ended stays as it is.</summary>
    /// <exception cref="InfrastructureException">The emulator does not answer.</exception>
    public Task CancelAsync(long run, CancellationToken cancellationToken) => CallAsync(async () =>
    {
        using var answer = await http.PostAsync(
            new Uri($"emulator/runs/{run}/cancel", UriKind.Relative), new StringContent("{}", Encoding.UTF8, "application/json"), cancellationToken);
        return answer.IsSuccessStatusCode;
    });

    /// <summary>All runs, in the order they were queued.</summary>
    /// <exception cref="InfrastructureException">The emulator does not answer.</exception>
    public Task<IReadOnlyList<RunInfo>> ListRunsAsync(CancellationToken cancellationToken) => CallAsync(async () =>
        await http.GetFromJsonAsync("emulator/runs", RunJson.Default.IReadOnlyListRunInfo, cancellationToken) ?? []);

    /// <inheritdoc/>
    public Task<RunInfo?> FindRunAsync(long run, CancellationToken cancellationToken) => CallAsync(async () =>
    {
        using var answer = await http.GetAsync(new Uri($"emulator/runs/{run}", UriKind.Relative), cancellationToken);
        return answer.StatusCode == HttpStatusCode.NotFound
            ? null
            : await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync(RunJson.Default.RunInfo, cancellationToken);
    });

    /// <inheritdoc/>
    public Task<string?> ReadLogAsync(JobId job, CancellationToken cancellationToken) => CallAsync(async () =>
    {
        using var answer = await http.GetAsync(new Uri($"emulator/runs/0/jobs/{job}/log", UriKind.Relative), cancellationToken);
        return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(cancellationToken) : null;
    });

    /// <inheritdoc/>
    public async IAsyncEnumerable<EmulatorEvent> ReadEventsAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stream = await CallAsync(
            () => http.GetStreamAsync(new Uri($"emulator/events?after={after}", UriKind.Relative), cancellationToken));
        await using (stream)
        {
            await using var items = SseParser.Create(stream).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await CallAsync(async () => await items.MoveNextAsync()))
            {
                if (JsonSerializer.Deserialize(items.Current.Data, WatchJson.Default.EmulatorEvent) is { } happened)
                {
                    yield return happened;
                }
            }
        }
    }

    private static Uri RestRoute(string scope, string action) =>
        new($"api/v3/{(scope.Contains('/', StringComparison.Ordinal) ? "repos" : "orgs")}/{scope}/actions/runners/{action}", UriKind.Relative);

    private static void Check(HttpResponseMessage answer)
    {
        if (answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
        {
            throw new OperatorException("--token-file: the emulator was started with another token");
        }

        if (answer.StatusCode is HttpStatusCode.Conflict)
        {
            throw new OperatorException("A runner of that name is registered already: give another one by --name");
        }

        answer.EnsureSuccessStatusCode();
    }

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException)
        {
            throw new InfrastructureException($"No emulator answers at {http.BaseAddress}: {Causes.Of(failure)}", failure);
        }
    }
}
