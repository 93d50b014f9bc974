using System.Collections.Immutable;
using Runner.Emulator.Events;

namespace Runner.Emulator.Runners;

/// <summary>The registered runners. A name is free once in a scope; an id is never used again.</summary>
internal sealed class RunnerRegistry(EventHub events, TimeProvider time)
{
    private static readonly string[] SystemLabels = ["self-hosted", "linux", "windows", "macos", "x64", "x86", "arm", "arm64"];

    private readonly Lock _gate = new();
    private static readonly TimeSpan SpentKept = TimeSpan.FromHours(1);

    private readonly Dictionary<int, RunnerRecord> _runners = [];
    private readonly Dictionary<int, SpentRunner> _spent = [];
    private readonly Dictionary<Guid, int> _clients = [];
    private readonly Dictionary<string, int> _labels = new(StringComparer.OrdinalIgnoreCase);
    private int _lastId;

    /// <summary>Adds a runner and gives it an id; <c>null</c> where the name is taken.</summary>
    public RunnerRecord? Add(RunnerRecord runner)
    {
        RunnerRecord added;
        lock (_gate)
        {
            if (FindByName(runner.Scope, runner.Name) is not null)
            {
                return null;
            }

            added = Keep(runner with { Id = ++_lastId, RegisteredAt = time.GetUtcNow() });
        }

        events.Publish(new EmulatorEvent { Type = EmulatorEventType.RunnerAdded, Runner = added.Name });
        return added;
    }

    /// <summary>Gives a registered runner new properties and a new client id; <c>null</c> where there is none of that id.</summary>
    public RunnerRecord? Replace(int id, RunnerRecord runner)
    {
        lock (_gate)
        {
            if (!_runners.TryGetValue(id, out var old))
            {
                return null;
            }

            _clients.Remove(old.ClientId);
            return Keep(runner with { Id = id, RegisteredAt = time.GetUtcNow() });
        }
    }

    public RunnerRecord? Find(int id)
    {
        lock (_gate)
        {
            return _runners.GetValueOrDefault(id);
        }
    }

    public RunnerRecord? FindByClient(Guid client)
    {
        lock (_gate)
        {
            return _clients.TryGetValue(client, out var id) ? _runners.GetValueOrDefault(id) : null;
        }
    }

    /// <summary>The runners of a scope, by id; all of them where <paramref name="name"/> is <c>null</c>.</summary>
    public ImmutableArray<RunnerRecord> List(string scope, string? name)
    {
        lock (_gate)
        {
            return
            [
                .. _runners.Values
                    .Where(runner => RunnerScope.AreSame(runner.Scope, scope))
                    .Where(runner => name is null || string.Equals(runner.Name, name, StringComparison.OrdinalIgnoreCase))
                    .OrderBy(runner => runner.Id),
            ];
        }
    }

    /// <summary>The runners of a scale set.</summary>
    public ImmutableArray<RunnerRecord> OfScaleSet(int set)
    {
        lock (_gate)
        {
            return [.. _runners.Values.Where(runner => runner.ScaleSet == set)];
        }
    }

    /// <summary>Whether some runner fits.</summary>
    public bool Any(Func<RunnerRecord, bool> fits)
    {
        lock (_gate)
        {
            return _runners.Values.Any(fits);
        }
    }

    /// <summary>Notes what a runner said of itself when it polled.</summary>
    public void NoteSystem(int id, string? os, string? version)
    {
        lock (_gate)
        {
            if (_runners.TryGetValue(id, out var runner))
            {
                _runners[id] = runner with { Os = string.IsNullOrEmpty(os) ? runner.Os : os, Version = version ?? runner.Version };
            }
        }
    }

    /// <summary>Removes a runner: its tokens open nothing any more. False where there is none of that id.</summary>
    public bool Remove(int id)
    {
        RunnerRecord? removed;
        lock (_gate)
        {
            if (!_runners.Remove(id, out removed))
            {
                return false;
            }

            _clients.Remove(removed.ClientId);
        }

        events.Publish(new EmulatorEvent { Type = EmulatorEventType.RunnerRemoved, Runner = removed.Name });
        return true;
    }

    /// <summary>
    /// Takes an ephemeral runner out of the lists, its name free again: it got its one job, or lost it. The broker still knows who it was. False where there is none
    /// of that id.
    /// </summary>
    public bool Spend(int id, bool hasRunJob)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var old in _spent.Where(pair => pair.Value.At + SpentKept <= now).Select(pair => pair.Key).ToList())
            {
                _spent.Remove(old);
            }

            if (_runners.TryGetValue(id, out var runner))
            {
                _spent[id] = new SpentRunner(runner, hasRunJob, now);
            }
        }

        return Remove(id);
    }

    /// <summary>A runner that has been spent, or <c>null</c>.</summary>
    public SpentRunner? FindSpent(int id)
    {
        lock (_gate)
        {
            return _spent.GetValueOrDefault(id);
        }
    }

    /// <summary>Labels by their names, each name once without regard to case.</summary>
    public ImmutableArray<RunnerLabel> LabelsOf(IEnumerable<string> names)
    {
        lock (_gate)
        {
            return [.. names.Distinct(StringComparer.OrdinalIgnoreCase).Select(Label)];
        }
    }

    private RunnerLabel Label(string name)
    {
        if (!_labels.TryGetValue(name, out var id))
        {
            _labels[name] = id = _labels.Count + 1;
        }

        return new RunnerLabel(id, name, SystemLabels.Contains(name, StringComparer.OrdinalIgnoreCase));
    }

    private RunnerRecord? FindByName(string scope, string name) => _runners.Values.FirstOrDefault(
        runner => RunnerScope.AreSame(runner.Scope, scope) && string.Equals(runner.Name, name, StringComparison.OrdinalIgnoreCase));

    private RunnerRecord Keep(RunnerRecord runner)
    {
        _runners[runner.Id] = runner;
        _clients[runner.ClientId] = runner.Id;
        return runner;
    }
}
