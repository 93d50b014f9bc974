using Microsoft.AspNetCore.Http;
using Runner.Emulator.Jobs;
using Runner.Emulator.Json;
using Runner.Emulator.Options;
using Runner.Emulator.Runners;
using Runner.Emulator.Tokens;
using Runner.Protocol.Broker;

namespace Runner.Emulator.Broker;

/// <summary>Sessions, the long poll and acknowledgements, with the broker's rules (<c>sessions-and-messages.md</c>).</summary>
internal sealed class BrokerService(
    TokenIssuer tokens, RunnerRegistry runners, SessionTable sessions, JobBoard board, EmulatorOptions options, TimeProvider time)
{
    public async Task<IResult> CreateSessionAsync(HttpContext http)
    {
        if (Caller(http, out var refusal) is not { } runner)
        {
            return refusal;
        }

        var request = await http.Request.TryReadAsync(BrokerJson.Default.CreateSessionRequest);
        runners.NoteSystem(runner.Id, os: null, request?.Agent?.Version);
        return sessions.Open(runner.Id) is { } id
            ? TypedResults.Json(
                new RunnerSession { SessionId = id, OwnerName = request?.OwnerName, Agent = request?.Agent },
                BrokerJson.Default.RunnerSession)
            : BrokerRefusal.SessionConflict;
    }

    public IResult DeleteSession(HttpContext http)
    {
        if (Caller(http, out var refusal, isSpentTold: true) is not { } runner)
        {
            return refusal;
        }

        sessions.Delete(runner.Id);
        return TypedResults.Ok();
    }

    /// <summary>Holds the request until there is a message, or answers 202 without one.</summary>
    public async Task<IResult> NextMessageAsync(HttpContext http)
    {
        if (Caller(http, out var refusal, isSpentTold: true) is not { } runner)
        {
            return refusal;
        }

        // Its job has ended: at once and emptily, again and again (seen live).
        if (runners.FindSpent(runner.Id) is { HasRunJob: true })
        {
            return TypedResults.Ok();
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

        return message is null ? TypedResults.StatusCode(202) : TypedResults.Json(message, BrokerJson.Default.RunnerMessage);
    }

    public async Task<IResult> AcknowledgeAsync(HttpContext http)
    {
        if (Caller(http, out var refusal, isSpentTold: true) is not { } runner)
        {
            return refusal;
        }

        var request = await http.Request.TryReadAsync(BrokerJson.Default.AcknowledgeRequest);
        return board.Acknowledge(runner.Id, request?.RunnerRequestId) ? TypedResults.Ok() : BrokerRefusal.JobNotFound;
    }

    /// <summary>The runner that calls, or <c>null</c> with the answer to give.</summary>
    /// <param name="http">The request.</param>
    /// <param name="refusal">The answer.</param>
    /// <param name="isSpentTold">Whether one that is registered no more still counts: one that has run its job for a time, one that lost its job for as long as it asks.</param>
    private RunnerRecord? Caller(HttpContext http, out IResult refusal, bool isSpentTold = false)
    {
        refusal = BrokerRefusal.NoToken;
        if (tokens.RunnerOf(http.Request) is not { } id)
        {
            return null;
        }

        if (runners.Find(id) is { } known)
        {
            return known;
        }

        if (runners.FindSpent(id) is not { } spent)
        {
            refusal = BrokerRefusal.RunnerNotFound;
            return null;
        }

        return isSpentTold && (!spent.HasRunJob || time.GetUtcNow() < spent.At + options.SpentDuration) ? spent.Runner : null;
    }
}
