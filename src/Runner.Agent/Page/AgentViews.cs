using System.Collections.Immutable;
using System.Text.Json;
using Runner.Agent.Board;
using Runner.Agent.Configuration;
using Runner.Agent.Monitoring;
using Runner.Agent.Pools;
using Runner.Agent.Supervision;
using Runner.Backends;
using Runner.GitHub;

namespace Runner.Agent.Page;

/// <summary>What was seen of the agent, and a number that is another one when something has changed.</summary>
internal sealed record SeenView(long Version, AgentView View);

/// <summary>Looks at the agent for all who watch: as often as somebody asks, and no more than a few times a second.</summary>
internal sealed class AgentViews(
    AgentOptions options,
    GitHubEndpoint github,
    IEnumerable<RunnerPool> pools,
    PoolOffers offers,
    LaunchBreakers breakers,
    JobBoard jobs,
    GitHubBoard queues,
    AgentHealth health,
    IJobBackend backend,
    TimeProvider time)
{
    private static readonly TimeSpan Age = TimeSpan.FromMilliseconds(250);

    private readonly Lock _gate = new();
    private readonly List<RunnerPool> _pools = [.. pools];
    private readonly DateTimeOffset _started = time.GetUtcNow();
    private SeenView? _last;
    private byte[] _lastText = [];
    private long _at;

    /// <summary>The agent as it is.</summary>
    public SeenView Read()
    {
        lock (_gate)
        {
            if (_last is not null && time.GetElapsedTime(_at) < Age)
            {
                return _last;
            }

            var view = Look();
            var text = JsonSerializer.SerializeToUtf8Bytes(view, PageJson.Default.AgentView);
            if (_last is null || !text.AsSpan().SequenceEqual(_lastText))
            {
                _last = new SeenView((_last?.Version ?? 0) + 1, view);
                _lastText = text;
            }

            _at = time.GetTimestamp();
            return _last;
        }
    }

    private AgentView Look()
    {
        var (active, ended, failures) = jobs.Read();
        var problems = health.NotReady().Concat(health.Stuck()).ToImmutableArray();
        return new AgentView
        {
            Agent = new AgentFacts
            {
                Instance = options.Agent.Instance ?? Environment.MachineName,
                Version = AgentVersion.Text,
                Backend = backend.Name,
                GitHub = github.Url,
                Started = _started,
                Problems = [.. problems.Select(problem => ShownText.Message(problem) ?? string.Empty)],
                Limits = queues.Limits,
            },
            Pools = [.. _pools.Select(pool => PoolOf(pool, active, problems))],
            Jobs = active,
            Recent = ended,
            Failures = failures,
        };
    }

    // Runners that wait have a place already, and each takes a job; those of a scale set are for jobs that are its own.
    private static int Idle(RunnerPool pool) => pool.Mode == PoolMode.Runners ? pool.Room.Unplaced.Idle : 0;

    private PoolView PoolOf(RunnerPool pool, ImmutableArray<JobView> active, ImmutableArray<string> problems)
    {
        var offer = offers.For(pool, assigned: 0);
        var own = active.Where(job => job.Pool == pool.Name).ToList();
        var waiting = own.Count(job => job.State is JobState.Waiting or JobState.Starting);
        var mark = $"pool {pool.Name}: ";
        return new PoolView
        {
            Name = pool.Name,
            Mode = pool.Mode,
            Labels = pool.Labels,
            Sizes = pool.Sizes,
            MaxJobs = pool.Size,
            Running = own.Count - waiting,
            Waiting = waiting,
            Free = Math.Max(0, offer.Free) + Idle(pool),
            HeldBack = offer.HeldBack,
            Reason = offer.Reason.ToString().ToLowerInvariant(),
            Why = ShownText.Message(offer.Why),
            IsStopped = breakers.For(pool.Name).Obstacle is not null,
            Trouble = problems.FirstOrDefault(problem => problem.StartsWith(mark, StringComparison.Ordinal)) is { } trouble ? ShownText.Message(trouble[mark.Length..]) : null,
            Queue = queues.QueueOf(pool.Name),
        };
    }
}
