using Runner.Emulator.Options;

namespace Runner.Emulator.Broker;

/// <summary>The sessions of runners: one each, alive while it is polled.</summary>
internal sealed class SessionTable(EmulatorOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<int, Session> _sessions = [];

    /// <summary>Opens a session; <c>null</c> where another of that runner lives.</summary>
    public Guid? Open(int runner)
    {
        lock (_gate)
        {
            if (Living(runner) is not null)
            {
                return null;
            }

            var session = new Session(Guid.NewGuid(), 0, time.GetUtcNow());
            _sessions[runner] = session;
            return session.Id;
        }
    }

    /// <summary>A poll of a session begins. False where that is not the runner's living session.</summary>
    public bool BeginPoll(int runner, Guid id) => Change(runner, id, polls: 1);

    /// <summary>A poll of a session has ended.</summary>
    public void EndPoll(int runner, Guid id) => Change(runner, id, polls: -1);

    /// <summary>Whether a runner has a living session: GitHub calls it online.</summary>
    public bool IsOnline(int runner)
    {
        lock (_gate)
        {
            return Living(runner) is not null;
        }
    }

    /// <summary>Ends a runner's session, if it has one.</summary>
    public void Delete(int runner)
    {
        lock (_gate)
        {
            _sessions.Remove(runner);
        }
    }

    private bool Change(int runner, Guid id, int polls)
    {
        lock (_gate)
        {
            if (Living(runner) is not { } session || session.Id != id)
            {
                return false;
            }

            _sessions[runner] = session with { Polls = session.Polls + polls, LastSeen = time.GetUtcNow() };
            return true;
        }
    }

    private Session? Living(int runner) =>
        _sessions.TryGetValue(runner, out var session)
        && (session.Polls > 0 || time.GetUtcNow() < session.LastSeen + options.SessionDuration)
            ? session
            : null;

    /// <param name="Id">Named by each poll.</param>
    /// <param name="Polls">How many polls are held now.</param>
    /// <param name="LastSeen">When the last one began or ended.</param>
    private sealed record Session(Guid Id, int Polls, DateTimeOffset LastSeen);
}
