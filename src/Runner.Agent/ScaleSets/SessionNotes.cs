using System.Collections.Concurrent;
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
/// <param name="notes">Where it is written down.</param>
/// <param name="backend">Knows which agents live.</param>
/// <param name="owner">This agent.</param>
/// <param name="mark">A word for the installation and its address: sets of other addresses have the same numbers.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Where to log.</param>
internal sealed class SessionNotes(
    IAgentNotes notes, IJobBackend backend, SetOwner owner, string mark, TimeProvider time, ILogger<SessionNotes> logger) : IDisposable
{
    // All sets that wait look together.
    private static readonly TimeSpan LookAge = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(5);

    // After an outage of the API server all agents seem to be gone for a moment, until they have renewed their Leases.
    private static readonly TimeSpan SureAfter = TimeSpan.FromSeconds(12);

    private readonly ConcurrentDictionary<int, (Guid Session, bool IsWritten)> _held = new();
    private readonly SemaphoreSlim _looking = new(1);
    private readonly Dictionary<Guid, long> _absent = []; // sessions whose agent was not among the living, and since when
    private (long At, IReadOnlyDictionary<string, string> Notes, IReadOnlyList<string>? Living)? _seen;

    /// <summary>This agent has a set's session. Where that cannot be written down now, it is by <see cref="CatchUpAsync"/>.</summary>
    public Task KeepAsync(int set, Guid session)
    {
        _held[set] = (session, IsWritten: false);
        return CatchUpAsync(set);
    }

    /// <summary>Writes down what could not be written down before.</summary>
    public async Task CatchUpAsync(int set)
    {
        if (_held.TryGetValue(set, out var held) && !held.IsWritten
            && await TryAsync(token => notes.KeepAsync(Name(set), new SessionNote(owner.Instance, ProcessMark.Current, held.Session).ToText(), token)))
        {
            _held.TryUpdate(set, held with { IsWritten = true }, held);
        }
    }

    /// <summary>The session is this agent's no more, and what is written down of it may be another's.</summary>
    public void Forget(int set) => _held.TryRemove(set, out _);

    /// <summary>Removes what was written down of this agent's session.</summary>
    public Task RemoveAsync(int set) =>
        _held.TryRemove(set, out var held) && held.IsWritten ? TryAsync(token => notes.RemoveAsync(Name(set), token)) : Task.CompletedTask;

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

            var (at, all, living) = _seen.Value;
            return SessionNote.Parse(all.GetValueOrDefault(Name(set))) is { } note && IsGone(note, living, at) ? note : null;
        }
        catch (InfrastructureException error)
        {
            _seen = (time.GetTimestamp(), new Dictionary<string, string>(), null); // as good as nothing known, and not asked at once again
            _absent.Clear();
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

    private bool IsGone(SessionNote note, IReadOnlyList<string>? living, long seen)
    {
        if (note.Agent == owner.Instance)
        {
            // No two agents have one name at a time. Where nothing tells who lives that is only what the settings should say: there the process must be gone.
            return note.Process != ProcessMark.Current && (living is not null || !note.Process.IsAlive());
        }

        if (living?.Contains(note.Agent, StringComparer.Ordinal) != false)
        {
            _absent.Remove(note.Session);
            return false;
        }

        _absent.TryAdd(note.Session, seen);
        return time.GetElapsedTime(_absent[note.Session], seen) >= SureAfter; // by another look, and not by the first one's age
    }

    private string Name(int set) => string.Create(CultureInfo.InvariantCulture, $"session-{mark}-{set}");

    private async Task<bool> TryAsync(Func<CancellationToken, Task> call)
    {
        using var limit = new CancellationTokenSource(CallLimit, time);
        try
        {
            await call(limit.Token);
            return true;
        }
        catch (Exception error) when (error is InfrastructureException or OperationCanceledException)
        {
            logger.SessionNotesFailed(error.Message);
            return false;
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
