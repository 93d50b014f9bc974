using System.Collections.Immutable;
using System.Net.WebSockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Runner.Emulator.Events;
using Runner.Emulator.Jobs;
using Runner.Emulator.Tokens;
using Runner.Jobs;
using Runner.Services.Json;

namespace Runner.Emulator.Results;

/// <summary>The WebSocket of live log lines (<c>results-service.md</c> section 5). Lines become events; the log itself is uploaded apart.</summary>
internal static class LiveFeed
{
    private const int MaxMessageBytes = 1024 * 1024;

    public static void MapLiveFeed(this IEndpointRouteBuilder routes) => routes.MapGet("/_ws/ingest.sock", AcceptAsync);

    private static async Task AcceptAsync(HttpContext http, TokenIssuer tokens, JobBoard board, EventHub events)
    {
        if (tokens.Read(RequestToken.Of(http.Request)) is not { Kind: TokenKind.Job } claims
            || !Guid.TryParse(claims.Subject, out var id)
            || board.Find(new JobId(id)) is not { } job)
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        if (!http.WebSockets.IsWebSocketRequest)
        {
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        try
        {
            await ReadAsync(socket, job, events, http.RequestAborted);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            // The runner went without a close frame; the feed is best effort on both sides.
        }
    }

    private static async Task ReadAsync(WebSocket socket, JobState job, EventHub events, CancellationToken cancellationToken)
    {
        using var message = new MemoryStream();
        var buffer = new byte[4096];
        while (true)
        {
            var frame = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (frame.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
                return;
            }

            message.Write(buffer, 0, frame.Count);
            if (message.Length > MaxMessageBytes)
            {
                await socket.CloseAsync(WebSocketCloseStatus.MessageTooBig, "at most 1 MiB a message", cancellationToken);
                return;
            }

            if (frame.EndOfMessage)
            {
                Publish(message.GetBuffer().AsMemory(0, (int)message.Length), job, events);
                message.SetLength(0);
            }
        }
    }

    private static void Publish(ReadOnlyMemory<byte> json, JobState job, EventHub events)
    {
        FeedLines? lines;
        try
        {
            lines = JsonBody.Read(json, FeedJson.Default.FeedLines);
        }
        catch (JsonException)
        {
            return; // nobody reads replies on this socket: there is no way to refuse
        }

        if (lines is { Value.IsDefaultOrEmpty: false })
        {
            events.Publish(new EmulatorEvent
            {
                Type = EmulatorEventType.LogLines,
                RunId = job.RunId,
                JobId = job.Id,
                Name = job.Name,
                Step = Guid.TryParse(lines.StepId, out var step) ? new StepInfo { Id = new StepId(step) } : null,
                Lines = lines.Value,
            });
        }
    }
}

/// <summary>A message of the feed.</summary>
internal sealed record FeedLines
{
    public ImmutableArray<string> Value { get; init; }

    public string? StepId { get; init; }

    public long? StartLine { get; init; }
}
