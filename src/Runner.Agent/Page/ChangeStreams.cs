using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Runner.Agent.Page;

/// <summary>Tells by server-sent events that something has changed. What it is, watchers ask for, each as much as it shows.</summary>
internal sealed class ChangeStreams(AgentViews views, TimeProvider time)
{
    private const int MaxStreams = 32;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    // A proxy between may cut what is silent for long.
    private static readonly TimeSpan MaxSilence = TimeSpan.FromSeconds(15);

    private readonly StreamSlots _slots = new(MaxStreams, MaxStreams);

    /// <summary>Writes the events until the watcher leaves.</summary>
    public async Task WriteAsync(HttpContext http, CancellationToken stopping)
    {
        using var slot = _slots.TryTake("events");
        if (slot is null)
        {
            http.Response.Headers.RetryAfter = "10";
            await PageEndpoints.RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, new PageError($"{MaxStreams} watch already, which is all that may"));
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        try
        {
            await WriteAsync(http.Response, over.Token);
        }
        catch (OperationCanceledException) when (over.IsCancellationRequested)
        {
            // Nobody watches any more.
        }
    }

    private async Task WriteAsync(HttpResponse response, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        var (version, said) = (0L, time.GetTimestamp());
        do
        {
            var text = Next(ref version) ?? (time.GetElapsedTime(said) >= MaxSilence ? ": nothing new\n\n" : null);
            if (text is not null)
            {
                said = time.GetTimestamp();
                await response.WriteAsync(text, cancellationToken);
                await response.Body.FlushAsync(cancellationToken);
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    private string? Next(ref long version)
    {
        var seen = views.Read().Version;
        if (seen == version)
        {
            return null;
        }

        version = seen;
        return $"event: change\ndata: {JsonSerializer.Serialize(new ChangeEvent(seen), PageJson.Default.ChangeEvent)}\n\n";
    }
}
