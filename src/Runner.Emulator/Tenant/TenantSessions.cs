using System.Globalization;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Runner.Emulator.Broker;
using Runner.Emulator.Jobs;
using Runner.Emulator.Json;
using Runner.Emulator.Runners;
using Runner.Protocol.Broker;
using Runner.Protocol.Tenant;

namespace Runner.Emulator.Tenant;

/// <summary>Sessions and messages of agents: encrypted, and sent again until they are deleted (<c>sessions-and-messages.md</c>, V1).</summary>
internal sealed class TenantSessions(TenantCaller caller, RunnerRegistry runners, SessionTable sessions, JobBoard board)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Talk> _talks = []; // by runner

    public async Task<IResult> CreateAsync(HttpContext http)
    {
        if (caller.Runner(http, out var refusal) is not { } runner)
        {
            return refusal;
        }

        var request = await http.Request.TryReadAsync(TenantJson.Default.CreateSessionRequest);
        if (request?.Agent?.Id != runner.Id)
        {
            return TenantAnswers.Bad("The session must name the agent whose token it is opened with.");
        }

        runners.NoteSystem(runner.Id, os: null, request.Agent.Version);
        if (sessions.Open(runner.Id) is not { } id)
        {
            return TenantAnswers.SessionConflict;
        }

        var key = RandomNumberGenerator.GetBytes(32);
        lock (_gate)
        {
            _talks[runner.Id] = new Talk(id, key, Sent: null);
        }

        using var rsa = RSA.Create(runner.PublicKey);
        var padding = request.UseFipsEncryption ? RSAEncryptionPadding.OaepSHA256 : RSAEncryptionPadding.OaepSHA1;
        return TypedResults.Json(
            new TenantSession
            {
                SessionId = id,
                OwnerName = request.OwnerName,
                Agent = request.Agent,
                EncryptionKey = new SessionKey { Encrypted = true, Value = rsa.Encrypt(key, padding) },
                UseFipsEncryption = request.UseFipsEncryption,
            },
            TenantJson.Default.TenantSession);
    }

    public IResult Delete(HttpContext http, Guid sessionId)
    {
        if (caller.Runner(http, out var refusal) is not { } runner)
        {
            return refusal;
        }

        if (Find(runner.Id, sessionId) is null)
        {
            return TenantAnswers.SessionExpired;
        }

        sessions.Delete(runner.Id);
        return TypedResults.Ok();
    }

    /// <summary>Holds the request until there is a message, or answers 202 without one.</summary>
    public async Task<IResult> NextMessageAsync(HttpContext http, Guid sessionId)
    {
        if (caller.Runner(http, out var refusal) is not { } runner)
        {
            return refusal;
        }

        if (Find(runner.Id, sessionId) is not { } talk || !sessions.BeginPoll(runner.Id, sessionId))
        {
            return TenantAnswers.SessionExpired;
        }

        try
        {
            var query = http.Request.Query;
            runners.NoteSystem(runner.Id, query["os"], query["runnerVersion"]);
            var isBusy = string.Equals(query["status"], "Busy", StringComparison.OrdinalIgnoreCase);
            var message = IsNew(talk.Sent, query["lastMessageId"]) ? talk.Sent : await board.NextMessageAsync(runner, !isBusy, http.RequestAborted);
            if (message is null)
            {
                return TypedResults.StatusCode(202);
            }

            Note(runner.Id, talk, message);
            return TypedResults.Json(TenantMessages.Seal(message, talk.Key), TenantJson.Default.TenantMessage);
        }
        finally
        {
            sessions.EndPoll(runner.Id, sessionId);
        }
    }

    /// <summary>A message was handled: a job is the runner's from here on.</summary>
    public IResult DeleteMessage(HttpContext http, long messageId, Guid sessionId)
    {
        if (caller.Runner(http, out var refusal) is not { } runner)
        {
            return refusal;
        }

        if (Find(runner.Id, sessionId) is not { } talk)
        {
            return TenantAnswers.SessionExpired;
        }

        if (talk.Sent is { } sent && sent.MessageId == messageId)
        {
            Note(runner.Id, talk, message: null);
            if (sent.MessageType == RunnerMessageTypes.PipelineAgentJobRequest && board.FindOfRunner(runner.Id) is { RequestId: { } request })
            {
                board.Acquire(runner, request);
            }
        }

        return TypedResults.NoContent();
    }

    // One that the agent names as its last is not sent again, deleted or not.
    private static bool IsNew(RunnerMessage? sent, string? last) =>
        sent is not null && !(long.TryParse(last, CultureInfo.InvariantCulture, out var id) && sent.MessageId <= id);

    private Talk? Find(int runner, Guid session)
    {
        lock (_gate)
        {
            return _talks.TryGetValue(runner, out var talk) && talk.Session == session ? talk : null;
        }
    }

    private void Note(int runner, Talk talk, RunnerMessage? message)
    {
        lock (_gate)
        {
            _talks[runner] = talk with { Sent = message };
        }
    }

    private sealed record Talk(Guid Session, byte[] Key, RunnerMessage? Sent);
}
