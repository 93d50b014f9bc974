using System.Collections.Immutable;

namespace Runner.Emulator.Runners;

/// <summary>The runner groups of organisations, and which runner a job may go to (docs.github.com, "Managing access to self-hosted runners using groups").</summary>
internal sealed class RunnerGroups
{
    /// <summary>The group that every scope has.</summary>
    public const int Default = 1;

    /// <summary>Its name.</summary>
    public const string DefaultName = "Default";

    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, RunnerGroup> _groups = [];
    private readonly Dictionary<string, RunnerGroup> _defaults = new(StringComparer.OrdinalIgnoreCase); // by scope, where somebody changed it
    private readonly Dictionary<string, long> _repositories = new(StringComparer.OrdinalIgnoreCase);
    private int _lastId = Default;

    /// <summary>Adds a group to a scope; <c>null</c> where its name is taken.</summary>
    public RunnerGroup? Add(RunnerGroup group)
    {
        lock (_gate)
        {
            if (ListHeld(group.Scope).Any(other => other.Name.Equals(group.Name, StringComparison.OrdinalIgnoreCase)))
            {
                return null;
            }

            var added = group with { Id = ++_lastId };
            _groups.Add(added.Id, added);
            return added;
        }
    }

    /// <summary>Changes a group; <c>null</c> where the scope has none of that id.</summary>
    public RunnerGroup? Change(string scope, int id, Func<RunnerGroup, RunnerGroup> change)
    {
        lock (_gate)
        {
            if (FindHeld(scope, id) is not { } group)
            {
                return null;
            }

            var changed = change(group);
            if (id == Default)
            {
                _defaults[scope] = changed;
            }
            else
            {
                _groups[id] = changed;
            }

            return changed;
        }
    }

    /// <summary>Removes a group. False where the scope has none of that id; the default one stays.</summary>
    public bool Remove(string scope, int id)
    {
        lock (_gate)
        {
            return id != Default && FindHeld(scope, id) is not null && _groups.Remove(id);
        }
    }

    /// <summary>A group of a scope, or <c>null</c>.</summary>
    public RunnerGroup? Find(string scope, int id)
    {
        lock (_gate)
        {
            return FindHeld(scope, id);
        }
    }

    /// <summary>The groups of a scope, the default one first.</summary>
    public ImmutableArray<RunnerGroup> List(string scope)
    {
        lock (_gate)
        {
            return ListHeld(scope);
        }
    }

    /// <summary>Number of a repository in the REST API.</summary>
    public long RepositoryId(string repository)
    {
        lock (_gate)
        {
            if (!_repositories.TryGetValue(repository, out var id))
            {
                _repositories[repository] = id = _repositories.Count + 1;
            }

            return id;
        }
    }

    /// <summary>Whether a job may go to a runner: by labels, by the scope that it is registered in, and by its group.</summary>
    public bool Serves(RunnerRecord runner, RunnerDemand job)
    {
        if (!runner.HasAll(job.Labels) || (!runner.IsEverybodys && !RunnerScope.Covers(runner.Scope, job.Repository)))
        {
            return false;
        }

        lock (_gate)
        {
            // A repository's own runners are in no group.
            return FindHeld(runner.Scope, runner.GroupId) is not { } group
                || ((job.Group is null || job.Group.Equals(group.Name, StringComparison.OrdinalIgnoreCase))
                    && (runner.Scope.StartsWith("repos/", StringComparison.Ordinal) || Admits(group, job)));
        }
    }

    private bool Admits(RunnerGroup group, RunnerDemand job) =>
        (!job.IsPublic || group.AllowsPublic)
        && (group.Visibility != RunnerGroup.Selected || job.Repository is null || group.Repositories.Contains(_repositories.GetValueOrDefault(job.Repository)));

    private RunnerGroup? FindHeld(string scope, int id) => ListHeld(scope).FirstOrDefault(group => group.Id == id);

    // The default group is there before anybody changes it.
    private ImmutableArray<RunnerGroup> ListHeld(string scope) =>
    [
        _defaults.GetValueOrDefault(scope) ?? new RunnerGroup { Id = Default, Scope = scope, Name = DefaultName },
        .. _groups.Values.Where(group => RunnerScope.AreSame(group.Scope, scope)),
    ];
}

/// <summary>A group of runners.</summary>
internal sealed record RunnerGroup
{
    /// <summary>Visibility of a group that takes jobs of the repositories named alone.</summary>
    public const string Selected = "selected";

    public int Id { get; init; }

    /// <summary>The organisation or enterprise that has it.</summary>
    public required string Scope { get; init; }

    public required string Name { get; init; }

    /// <summary><c>all</c>, <c>private</c> or <c>selected</c>.</summary>
    public string Visibility { get; init; } = "all";

    /// <summary>Whether jobs of public repositories may go to its runners. Default false, as on GitHub.</summary>
    public bool AllowsPublic { get; init; }

    /// <summary>Numbers of the repositories that are selected.</summary>
    public ImmutableHashSet<long> Repositories { get; init; } = [];
}
