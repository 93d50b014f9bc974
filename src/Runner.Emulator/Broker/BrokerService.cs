using Microsoft.AspNetCore.Http;
using Runner.Emulator.Jobs;
using Runner.Emulator.Json;
using Runner.Emulator.Runners;
using Runner.Emulator.Tokens;
using Runner.Protocol;
using Runner.Protocol.Broker;

namespace Runner.Emulator.Broker;

/// <summary>Sessions, the long poll and acknowledgements, with the broker's rules (<c>sessions-and-messages.md</c>).</summary>
internal sealed class BrokerService(TokenIssuer tokens, RunnerRegistry runners, SessionTable sessions, JobBoard board)
{
    public async Task<IResult> CreateSessionAsync(HttpContext http)
    {
        if (Caller(http, out var refusal) is not { } runner)
        {
            return refusal;
        }

        var request = await http.Request.TryReadAsync(ProtocolJson.Default.CreateSessionRequest);
        runners.NoteSystem(runner.Id, os: null, request?.Agent?.Version);
        return sessions.Open(runner.Id) is { } id
            ? TypedResults.Json(
                new RunnerSession { SessionId = id, OwnerName = request?.OwnerName, Agent = request?.Agent },
                ProtocolJson.Default.RunnerSession)
            : BrokerRefusal.SessionConflict;
    }

    public IResult DeleteSession(HttpContext http)
    {
        if (Caller(http, out var refusal) is not { } runner)
        {
            return refusal;
        }

        sessions.Delete(runner.Id);
        return TypedResults.Ok();
    }

    /// <summary>Holds the request until there is a message, or answers 202 without one.</summary>
    public async Task<IResult> NextMessageAsync(HttpContext http)
    {
        if (Caller(http, out var refusal) is not { } runner)
        {
            return refusal;
        }

        var query = http.Request.Query;
        if (!Guid.TryParse(query["sessionId"], out var session) || !sessions.BeginPoll(runner.Id, session))
        {
            return BrokerRefusal.SessionInvalid;
        }

        RunnerMessage? message;
        try
        {
            runners.NoteSystem(runner.Id, query["os"], query["runnerVersion"]);
            var takesJobs = !string.Equals(query["status"], "Busy", StringComparison.OrdinalIgnoreCase);
            message = await board.NextMessageAsync(runner, takesJobs, http.RequestAborted);
        }
        finally
        {
            sessions.EndPoll(runner.Id, session);
        }

        if (message is not null && http.RequestAborted.IsCancellationRequested)
        {
            board.Return(runner.Id, message);
        }

        return message is null ? TypedResults.StatusCode(202) : TypedResults.Json(message, ProtocolJson.Default.RunnerMessage);
    }

    public async Task<IResult> AcknowledgeAsync(HttpContext http)
    {
        if (Caller(http, out var refusal) is not { } runner)
        {
            return refusal;
        }

        var request = await http.Request.TryReadAsync(ProtocolJson.Default.AcknowledgeRequest);
        return board.Acknowledge(runner.Id, request?.RunnerRequestId) ? TypedResults.Ok() : BrokerRefusal.JobNotFound;
    }

    private RunnerRecord? Caller(HttpContext http, out IResult refusal)
    {
        var id = tokens.RunnerOf(http.Request);
        refusal = id is null ? BrokerRefusal.NoToken : BrokerRefusal.RunnerNotFound;
        return id is { } known ? runners.Find(known) : null;
    }
}
