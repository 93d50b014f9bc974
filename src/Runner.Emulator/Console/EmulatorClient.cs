using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Runner.Emulator.Events;
using Runner.Emulator.Json;
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
        using var answer = await http.PostAsJsonAsync("emulator/runs", request, EmulatorJson.Default.WorkflowRequest, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.UnprocessableEntity)
        {
            throw new WorkflowException(await answer.Content.ReadAsStringAsync(cancellationToken));
        }

        answer.EnsureSuccessStatusCode();
        return await answer.Content.ReadFromJsonAsync(EmulatorJson.Default.RunInfo, cancellationToken) ?? throw new JsonException("null");
    });

    /// <summary>Cancels a run. One that has ended stays as it is.</summary>
    /// <exception cref="InfrastructureException">The emulator does not answer.</exception>
    public Task CancelAsync(long run, CancellationToken cancellationToken) => CallAsync(async () =>
    {
        using var answer = await http.PostAsync(new Uri($"emulator/runs/{run}/cancel", UriKind.Relative), null, cancellationToken);
        return answer.IsSuccessStatusCode;
    });

    /// <summary>All runs, in the order they were queued.</summary>
    /// <exception cref="InfrastructureException">The emulator does not answer.</exception>
    public Task<IReadOnlyList<RunInfo>> ListRunsAsync(CancellationToken cancellationToken) => CallAsync(async () =>
        await http.GetFromJsonAsync("emulator/runs", EmulatorJson.Default.IReadOnlyListRunInfo, cancellationToken) ?? []);

    /// <inheritdoc/>
    public Task<RunInfo?> FindRunAsync(long run, CancellationToken cancellationToken) => CallAsync(async () =>
    {
        using var answer = await http.GetAsync(new Uri($"emulator/runs/{run}", UriKind.Relative), cancellationToken);
        return answer.StatusCode == HttpStatusCode.NotFound
            ? null
            : await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync(EmulatorJson.Default.RunInfo, cancellationToken);
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
                if (JsonSerializer.Deserialize(items.Current.Data, EmulatorJson.Default.EmulatorEvent) is { } happened)
                {
                    yield return happened;
                }
            }
        }
    }

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or JsonException)
        {
            throw new InfrastructureException($"No emulator answers at {http.BaseAddress}: {failure.Message}", failure);
        }
    }
}
