using Runner.Jobs;
using Runner.Protocol.ScaleSets;

namespace Runner.Agent.ScaleSets;

/// <summary>
/// What the messages of a scale set say of its jobs: which wait for a runner, which can be acquired, and which messages are done with. A
/// message is kept at GitHub until each job that it assigns is held, here in the journal or by a runner that GitHub knows of, or over: until
/// then whoever comes after us must be told of it again. Pure; not thread-safe.
/// </summary>
/// <param name="isHeldHere">Whether this agent looks after a job, as one that it adopted.</param>
internal sealed class AssignedJobs(Func<JobId, bool> isHeldHere)
{
    private readonly Dictionary<string, DateTimeOffset> _waiting = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _held = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, IReadOnlyList<string>> _asked = new(StringComparer.OrdinalIgnoreCase);
    private readonly SortedSet<long> _offers = [];
    private readonly SortedDictionary<long, HashSet<string>> _open = [];
    private readonly SortedSet<long> _deletable = [];
    private int _untold;

    /// <summary>How many jobs are assigned and have no runner.</summary>
    public int Waiting => _waiting.Count + _untold;

    /// <summary>Jobs that can be acquired, by their requests.</summary>
    public IReadOnlyCollection<long> Offers => _offers;

    /// <summary>Messages that are done with, the oldest first, up to the first that is not: what ends a job may not go before what assigned it.</summary>
    public IReadOnlyCollection<long> Deletable => _open.Count == 0 ? _deletable : [.. _deletable.TakeWhile(id => id < _open.Keys.First())];

    /// <summary>Reads a message. One that came before changes nothing.</summary>
    public void Read(ScaleSetNews news, DateTimeOffset now)
    {
        var keeps = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var job in news.Jobs)
        {
            var id = job.JobId ?? string.Empty;
            switch (job.MessageType)
            {
                case ScaleSetJobTypes.Available when job.RunnerRequestId != 0:
                    _offers.Add(job.RunnerRequestId);
                    keeps.Add(OfferKey(job.RunnerRequestId));
                    break;
                case ScaleSetJobTypes.Assigned when !IsHeld(id):
                    _waiting.TryAdd(id, now);
                    _asked[id] = job.RequestLabels;
                    keeps.Add(id);
                    break;
                case ScaleSetJobTypes.Started:
                    keeps.Remove(id);
                    Settle(id);
                    break;
                case ScaleSetJobTypes.Completed:
                    keeps.Remove(id);
                    Settle(id);
                    _asked.Remove(id);
                    _held.Remove(id);
                    break;
            }
        }

        if (keeps.Count == 0)
        {
            _open.Remove(news.Id);
            _deletable.Add(news.Id);
        }
        else
        {
            _open[news.Id] = keeps;
        }
    }

    /// <summary>Labels that a job asks for; <c>null</c>: no message said so.</summary>
    public IReadOnlyList<string>? AskedBy(JobId job) => _asked.GetValueOrDefault(job.ToString());

    /// <summary>A runner of this agent has a job, and the journal knows of it.</summary>
    public void Take(JobId job)
    {
        var id = job.ToString();
        _held.Add(id);
        _asked.Remove(id);
        if (!Settle(id) && _untold > 0)
        {
            _untold--;
        }
    }

    /// <summary>Jobs were asked for: those that were not given went elsewhere, the others are going to be assigned.</summary>
    public void Asked(IEnumerable<long> requests)
    {
        foreach (var request in requests)
        {
            _offers.Remove(request);
            Release(OfferKey(request));
        }
    }

    /// <summary>A message is deleted.</summary>
    public void Deleted(long message) => _deletable.Remove(message);

    /// <summary>GitHub's count differs for long (<see cref="CountDoubts"/>): so many jobs are not assigned any more, or, where positive, are without our having been told.</summary>
    public void Correct(int difference)
    {
        if (difference > 0)
        {
            _untold += difference;
            return;
        }

        var vanished = Math.Min(_untold, -difference);
        _untold -= vanished;
        foreach (var id in _waiting.OrderBy(job => job.Value).Take(-difference - vanished).Select(job => job.Key).ToList())
        {
            Settle(id);
            _asked.Remove(id);
        }
    }

    // Not what is its own: text of GitHub's, and numbers, cannot be mistaken for each other.
    private static string OfferKey(long request) => FormattableString.Invariant($"offer {request}");

    private bool IsHeld(string id) => _held.Contains(id) || (Guid.TryParse(id, out var job) && isHeldHere(new JobId(job)));

    private bool Settle(string id)
    {
        var wasWaiting = _waiting.Remove(id);
        Release(id);
        return wasWaiting;
    }

    private void Release(string key)
    {
        foreach (var (message, keeps) in _open.Where(open => open.Value.Contains(key)).ToList())
        {
            keeps.Remove(key);
            if (keeps.Count == 0)
            {
                _open.Remove(message);
                _deletable.Add(message);
            }
        }
    }
}
