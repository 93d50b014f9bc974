using System.Collections.Immutable;
using System.Text.Json;
using Runner.Emulator.Broker;
using Runner.Emulator.Jobs;
using Runner.Emulator.Options;
using Runner.Emulator.Runners;
using Runner.Protocol.ScaleSets;

namespace Runner.Emulator.ScaleSets;

/// <summary>
/// All scale sets: it assigns jobs to them and tells their sessions (<c>scaleset.md</c>). Jobs that a runner outside of sets waits for go to
/// that; of the others, those whose labels a set has all go to the first such set.
/// </summary>
/// <remarks>
/// The capacity of a poll is a total: while that poll waits, jobs are assigned until the set has so many, those that run among them. What
/// is beyond that waits unseen. Taking it back is not done where the capacity falls.
/// </remarks>
internal sealed class ScaleSetBoard : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, ScaleSetState> _sets = [];
    private readonly JobBoard _jobs;
    private readonly RunnerGroups _groups;
    private readonly RunnerRegistry _runners;
    private readonly SessionTable _sessions;
    private readonly EmulatorOptions _options;
    private readonly EmulatorAddress _address;
    private readonly TimeProvider _time;
    private int _lastId;

    public ScaleSetBoard(
        JobBoard jobs, RunnerGroups groups, RunnerRegistry runners, SessionTable sessions, EmulatorOptions options, EmulatorAddress address, TimeProvider time)
    {
        (_jobs, _groups, _runners, _sessions, _options, _address, _time) = (jobs, groups, runners, sessions, options, address, time);
        _jobs.JobWaits += Pump;
        _jobs.JobStarted += OnStarted;
        _jobs.JobEnded += OnEnded;
        _jobs.AssignmentTakenBack += OnTakenBack;
    }

    /// <summary>Makes a set; <c>null</c> where its group has one of that name.</summary>
    public RunnerScaleSet? Add(string scope, string name, int group, ImmutableArray<string> labels, bool disableUpdate)
    {
        lock (_gate)
        {
            if (Held(scope).Any(set => set.GroupId == group && RunnerScope.AreSame(set.Name, name)))
            {
                return null;
            }

            var added = new ScaleSetState(++_lastId, scope, _time.GetUtcNow())
            {
                Name = name, GroupId = group, Labels = Kept(labels.IsEmpty ? [name] : labels), DisableUpdate = disableUpdate,
            };
            _sets.Add(added.Id, added);
            return Show(added);
        }
    }

    /// <summary>The sets of a scope.</summary>
    public ImmutableArray<RunnerScaleSet> List(string scope)
    {
        lock (_gate)
        {
            return [.. Held(scope).Select(Show)];
        }
    }

    /// <summary>Changes a set; <c>null</c> where the scope has none of that id.</summary>
    public RunnerScaleSet? Change(string scope, int id, RunnerScaleSet changes)
    {
        lock (_gate)
        {
            if (Find(scope, id) is not { } set)
            {
                return null;
            }

            set.Name = changes.Name ?? set.Name;
            set.GroupId = changes.RunnerGroupId ?? set.GroupId;
            set.Labels = changes.Labels is { Count: > 0 } labels ? Kept([.. labels.Select(label => label.Name).OfType<string>()]) : set.Labels;
            set.DisableUpdate = changes.RunnerSetting?.DisableUpdate ?? set.DisableUpdate;
            Pump(set);
            return Show(set);
        }
    }

    /// <summary>Deletes a set with its session and its messages. False where the scope has none of that id.</summary>
    public bool Remove(string scope, int id)
    {
        lock (_gate)
        {
            if (Find(scope, id) is not { } set)
            {
                return false;
            }

            _sets.Remove(id);
            set.Poll?.Answer.TrySetResult(null);
        }

        _jobs.Unassign(id);
        return true;
    }

    /// <summary>Opens the session of a set; <c>null</c> where another one lives, or there is no such set.</summary>
    public SetSession? Open(string scope, int id, string? owner)
    {
        lock (_gate)
        {
            if (Find(scope, id) is not { } set || Living(set) is not null)
            {
                return null;
            }

            return set.Session = new SetSession(Guid.NewGuid(), owner, _time.GetUtcNow());
        }
    }

    /// <summary>The living session of a set, or <c>null</c>.</summary>
    public SetSession? SessionOf(int id)
    {
        lock (_gate)
        {
            return _sets.TryGetValue(id, out var set) ? Living(set) : null;
        }
    }

    /// <summary>Ends a session. False where it does not live.</summary>
    public bool Close(int id, Guid session)
    {
        lock (_gate)
        {
            if (!_sets.TryGetValue(id, out var set) || Living(set)?.Id != session)
            {
                return false;
            }

            set.Session = null;
            set.Poll?.Answer.TrySetResult(null);
            set.Poll = null;
            return true;
        }
    }

    /// <summary>Waits for the next message of a session; <c>null</c> when there was none for as long as a poll is held. An older poll ends at once.</summary>
    public async Task<ScaleSetMessage?> NextAsync(int id, SetPoll poll, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (!_sets.TryGetValue(id, out var set))
            {
                return null;
            }

            set.Poll?.Answer.TrySetResult(null);
            set.Poll = poll;
            Pump(set);
        }

        using var held = new CancellationTokenSource(_options.PollDuration, _time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(held.Token, cancellationToken);
        using var registration = ending.Token.Register(() => poll.Answer.TrySetResult(null));
        var message = await poll.Answer.Task;
        lock (_gate)
        {
            if (_sets.TryGetValue(id, out var set))
            {
                set.Poll = set.Poll == poll ? null : set.Poll;
                set.Session = set.Session is { } session ? session with { LastSeen = _time.GetUtcNow() } : null;
            }
        }

        return message;
    }

    /// <summary>Deletes a message.</summary>
    public void Delete(int id, long message)
    {
        lock (_gate)
        {
            _sets.GetValueOrDefault(id)?.Queue.Delete(message);
        }
    }

    /// <summary>Acquires jobs that were offered, and says which of them the set got.</summary>
    public ImmutableArray<long> Acquire(int id, IReadOnlyCollection<long> requests)
    {
        lock (_gate)
        {
            if (!_sets.TryGetValue(id, out var set))
            {
                return [];
            }

            var acquired = ImmutableArray.CreateBuilder<long>();
            foreach (var job in _jobs.Unassigned().Where(job => requests.Contains(job.Number) && set.Offers.ContainsKey(job.Id)))
            {
                set.Offers.Remove(job.Id);
                if (_jobs.Assign(job.Id, id) is { } assigned)
                {
                    acquired.Add(job.Number);
                    set.Queue.Add(ScaleSetEntries.Assigned(assigned, wasAcquired: true));
                }
            }

            Pump(set);
            return acquired.ToImmutable();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _jobs.JobWaits -= Pump;
        _jobs.JobStarted -= OnStarted;
        _jobs.JobEnded -= OnEnded;
        _jobs.AssignmentTakenBack -= OnTakenBack;
    }

    private IEnumerable<ScaleSetState> Held(string scope) => _sets.Values.Where(set => RunnerScope.AreSame(set.Scope, scope));

    private ScaleSetState? Find(string scope, int id) => Held(scope).FirstOrDefault(set => set.Id == id);

    private ImmutableArray<string> Kept(ImmutableArray<string> labels) => _options.ScaleSetLabels ? labels : labels[..1];

    private SetSession? Living(ScaleSetState set) =>
        set.Session is { } session && (set.Poll is not null || _time.GetUtcNow() < session.LastSeen + _options.ScaleSetSessionDuration) ? session : null;

    private RunnerScaleSet Show(ScaleSetState set) => new()
    {
        Id = set.Id,
        Name = set.Name,
        RunnerGroupId = set.GroupId,
        RunnerGroupName = _groups.Find(set.Scope, set.GroupId)?.Name,
        Labels = [.. set.Labels.Select(label => new ScaleSetLabel("System", label))],
        RunnerSetting = new ScaleSetRunnerSetting { DisableUpdate = set.DisableUpdate },
        CreatedOn = set.CreatedOn,
        RunnerJitConfigUrl = new Uri(EmulatorAddress.Broker(_address.Root), $"{ScaleSetRoutes.Sets}/{set.Id}/generatejitconfig").AbsoluteUri,
        Statistics = Count(set),
    };

    private ScaleSetStatistics Count(ScaleSetState set)
    {
        var jobs = _jobs.OfScaleSet(set.Id);
        var runners = _runners.OfScaleSet(set.Id);
        var busy = jobs.Count(job => job.Phase == JobPhase.Running);
        return new ScaleSetStatistics
        {
            TotalAvailableJobs = set.Offers.Count,
            TotalAssignedJobs = jobs.Count,
            TotalRunningJobs = busy,
            TotalRegisteredRunners = runners.Length,
            TotalBusyRunners = busy,
            TotalIdleRunners = runners.Count(runner => _sessions.IsOnline(runner.Id) && !_jobs.IsBusy(runner.Id)),
        };
    }

    private void OnStarted(JobState job) => Tell(job.ScaleSet, ScaleSetEntries.Started(job));

    private void OnEnded(JobState job) => Tell(job.ScaleSet, ScaleSetEntries.Completed(job));

    private void OnTakenBack(JobState job) => Tell(job.ScaleSet, ScaleSetEntries.TakenBack(job, _time.GetUtcNow()));

    private void Tell(int? id, ScaleSetJob entry)
    {
        lock (_gate)
        {
            if (id is { } known && _sets.TryGetValue(known, out var set))
            {
                set.Queue.Add(entry);
            }
        }

        Pump();
    }

    private void Pump()
    {
        lock (_gate)
        {
            foreach (var set in _sets.Values)
            {
                Pump(set);
            }
        }
    }

    /// <summary>Gives the set what its poll has room for, and answers the poll where there is something to say.</summary>
    private void Pump(ScaleSetState set)
    {
        if (set.Poll is not { } poll)
        {
            return;
        }

        Assign(set, poll.Capacity);
        if (set.Queue.Next(poll.Cursor) is var (id, entries))
        {
            set.Poll = null;
            poll.Answer.TrySetResult(new ScaleSetMessage
            {
                MessageId = id,
                MessageType = ScaleSetMessage.JobMessages,
                Body = JsonSerializer.Serialize(entries, ScaleSetJson.Default.MessageBody),
                Statistics = Count(set),
            });
        }
    }

    private void Assign(ScaleSetState set, int capacity)
    {
        var now = _time.GetUtcNow();
        var waiting = _jobs.Unassigned();
        foreach (var offer in set.Offers.Where(offer => offer.Value <= now || waiting.All(job => job.Id != offer.Key)).Select(offer => offer.Key).ToList())
        {
            set.Offers.Remove(offer);
        }

        var room = capacity - _jobs.OfScaleSet(set.Id).Count - set.Offers.Count;
        var runner = set.AsRunner(_address.Root);
        foreach (var job in waiting.Where(job => room > 0 && !set.Offers.ContainsKey(job.Id) && _groups.Serves(runner, job.Demand)))
        {
            if (_options.ScaleSetsAcquire)
            {
                set.Offers[job.Id] = now + _options.OfferDuration;
                set.Queue.Add(ScaleSetEntries.Available(job, new Uri(EmulatorAddress.Broker(_address.Root), $"{ScaleSetRoutes.Sets}/{set.Id}/acquirejobs")));
                room--;
            }
            else if (_jobs.Assign(job.Id, set.Id) is { } assigned)
            {
                set.Queue.Add(ScaleSetEntries.Assigned(assigned, wasAcquired: false));
                room--;
            }
        }
    }
}
