using Runner.Agent.Configuration;
using Runner.Agent.Pools;
using Runner.Backends;
using Runner.GitHub;
using Runner.GitHub.Registration;
using Runner.GitHub.Runs;

namespace Runner.Agent.Queue;

/// <summary>Counts the jobs that wait for pools of the mode <c>runners</c>: for all agents of the installation one of them, which tells the others by a note.</summary>
internal sealed class RunnerQueue(
    IEnumerable<RunnerPool> pools, IQueuedJobs jobs, IJobBackend backend, IAgentNotes notes, GitHubEndpoint endpoint, string installation, QueueOptions options, TimeProvider time)
{
    /// <summary>An agent that counts for longer gives up, or is gone.</summary>
    public static TimeSpan CountLimit { get; } = TimeSpan.FromMinutes(2);

    private readonly List<RunnerPool> _all = [.. pools];
    private readonly List<RunnerPool> _pools = [.. pools.Where(pool => pool.Mode == PoolMode.Runners)];
    private readonly IReadOnlyList<string> _repositories = options.RepositoriesOf(endpoint);
    private readonly string _note = QueueNote.NamePrefix + installation;

    /// <summary>Why nothing is counted; <c>null</c>: it is, or there is nothing to count.</summary>
    public string? WhyNot => _pools.Count == 0 ? null
        : options.CallsPerHour == 0 ? "monitoring.queue.callsPerHour is 0"
        : _repositories.Count == 0 ? $"{endpoint.Url} is no repository, and monitoring.queue.repositories names none"
        : null;

    /// <summary>Whether there is anything to count.</summary>
    public bool IsUsed => _pools.Count > 0 && WhyNot is null;

    /// <summary>The names of its pools.</summary>
    public IEnumerable<string> PoolNames => _pools.Select(pool => pool.Name);

    /// <summary>The last counts, made now by this agent where it is time and no other one does; <c>null</c>: there are none.</summary>
    /// <exception cref="Jobs.Errors.OperatorException">The credentials may not look.</exception>
    /// <exception cref="Jobs.Errors.InfrastructureException">GitHub or the notes could not be reached.</exception>
    public async Task<QueueCounts?> LookAsync(CancellationToken cancellationToken)
    {
        var note = QueueNote.Parse((await notes.ListAsync(cancellationToken)).GetValueOrDefault(_note));
        var now = time.GetUtcNow();
        if ((note.Tried is { } tried && now - tried < QueueRules.Pause(options, note.TriedCalls)) || (note.Begun is { } begun && now - begun < CountLimit))
        {
            return note.Counts;
        }

        await notes.KeepAsync(_note, (note with { Begun = now }).ToText(), cancellationToken);
        var calls = 0;
        try
        {
            note = note with { Counts = await CountAsync(() => calls++, () => calls, cancellationToken) };
            return note.Counts;
        }
        finally
        {
            // What failed has cost its calls, and is not made again before the budget has them, by whichever agent.
            await notes.KeepAsync(_note, (note with { Begun = null, Tried = time.GetUtcNow(), TriedCalls = calls }).ToText(), CancellationToken.None);
        }
    }

    private async Task<QueueCounts> CountAsync(Action called, Func<int> calls, CancellationToken cancellationToken)
    {
        var (waiting, runners) = (new List<IReadOnlyList<string>>(), new List<string>());
        foreach (var repository in _repositories)
        {
            var found = await jobs.ListAsync(repository, called, cancellationToken);
            waiting.AddRange(found.Labels);
            runners.AddRange(found.Runners);
        }

        var ofPools = runners.CountBy(PoolOf).ToDictionary(StringComparer.Ordinal);
        return new QueueCounts(time.GetUtcNow(), _pools.ToDictionary(pool => pool.Name, Count, StringComparer.Ordinal), calls());

        // A job that was just taken has a runner at GitHub before it has a place here, and one that ended may still have its place.
        QueueCount Count(RunnerPool pool)
        {
            var queued = waiting.Count(asked => QueueRules.Takes(pool.Labels, pool.Group is not null, asked));
            var held = backend.CountJobs(pool.Name)?.All ?? pool.Capacity.InUse;
            return new QueueCount(queued, queued + Math.Max(held, ofPools.GetValueOrDefault(pool.Name)));
        }
    }

    // The name of one pool may begin with that of another: "linux" and "linux-large".
    private string PoolOf(string runner) =>
        _all.Where(pool => RunnerName.IsOf(pool.Name, runner)).MaxBy(pool => pool.Name.Length)?.Name ?? string.Empty;
}
