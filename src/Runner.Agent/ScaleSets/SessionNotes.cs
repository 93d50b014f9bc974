using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Errors;

namespace Runner.Agent.ScaleSets;

/// <summary>
/// Which agent has the session of which scale set. GitHub keeps the session of an agent that was killed for a time that nobody knows, and takes the end of a
/// session from whoever of the installation has its id: with this an agent that waits can end what nobody uses.
/// </summary>
internal sealed class SessionNotes(IAgentNotes notes, IJobBackend backend, SetOwner owner, TimeProvider time, ILogger<SessionNotes> logger) : IDisposable
{
    private const string NamePrefix = "session-";

    // All sets that wait look together.
    private static readonly TimeSpan LookAge = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _looking = new(1);
    private (long At, IReadOnlyDictionary<string, string> Notes, IReadOnlyList<string>? Living)? _seen;

    /// <summary>Writes down that this agent has a set's session. Where that fails, the session goes with GitHub's patience alone.</summary>
    public Task KeepAsync(int set, Guid session) =>
        TryAsync(token => notes.KeepAsync(Name(set), new SessionNote(owner.Instance, ProcessMark.Current, session).ToText(), token));

    /// <summary>Removes what was written down of a session; a note of another session of the set stays.</summary>
    public Task RemoveAsync(int set, Guid session) => TryAsync(async token =>
    {
        if (SessionNote.Parse((await notes.ListAsync(token)).GetValueOrDefault(Name(set)))?.Session == session)
        {
            await notes.RemoveAsync(Name(set), token);
        }
    });

    /// <summary>The session of a set whose agent is certainly gone; <c>null</c>: none is known.</summary>
    public async Task<SessionNote?> FindLeftOverAsync(int set, CancellationToken cancellationToken)
    {
        await _looking.WaitAsync(cancellationToken);
        try
        {
            if (_seen is not { } last || time.GetElapsedTime(last.At) >= LookAge)
            {
                _seen = (time.GetTimestamp(), await notes.ListAsync(cancellationToken), await backend.FindLivingAgentsAsync(cancellationToken));
            }

            var (_, all, living) = _seen.Value;
            return SessionNote.Parse(all.GetValueOrDefault(Name(set))) is { } note && IsGone(note, living) ? note : null;
        }
        catch (InfrastructureException error)
        {
            _seen = (time.GetTimestamp(), new Dictionary<string, string>(), null); // as good as nothing known, and not asked at once again
            logger.SessionNotesFailed(error.Message);
            return null;
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _looking.Dispose();

    // No two agents have one name at a time, but where nothing tells who lives that is only what the settings should say: there the process must be gone.
    private bool IsGone(SessionNote note, IReadOnlyList<string>? living) => note.Agent == owner.Instance
        ? note.Process != ProcessMark.Current && (living is not null || !note.Process.IsAlive())
        : living?.Contains(note.Agent, StringComparer.Ordinal) == false;

    private static string Name(int set) => string.Create(CultureInfo.InvariantCulture, $"{NamePrefix}{set}");

    private async Task TryAsync(Func<CancellationToken, Task> call)
    {
        using var limit = new CancellationTokenSource(CallLimit, time);
        try
        {
            await call(limit.Token);
        }
        catch (Exception error) when (error is InfrastructureException or OperationCanceledException)
        {
            logger.SessionNotesFailed(error.Message);
        }
    }
}

/// <summary>Who has a set's session.</summary>
/// <param name="Agent">The agent's name.</param>
/// <param name="Process">Its life.</param>
/// <param name="Session">The session's id, which opens nothing without the installation's credentials.</param>
internal sealed record SessionNote(string Agent, ProcessMark Process, Guid Session)
{
    /// <summary>As the note's text.</summary>
    public string ToText() => JsonSerializer.Serialize(this, SessionNoteJson.Default.SessionNote);

    /// <summary>Out of a note's text; <c>null</c>: there is none, or it is of another version.</summary>
    public static SessionNote? Parse(string? text)
    {
        try
        {
            return text is null ? null : JsonSerializer.Deserialize(text, SessionNoteJson.Default.SessionNote);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, MaxDepth = JsonDepth.Max)]
[JsonSerializable(typeof(SessionNote))]
internal sealed partial class SessionNoteJson : JsonSerializerContext;
