namespace Runner.Execution.Scopes;

/// <summary>
/// What steps leave to the steps after them: variables and folders of PATH. A step in the background works on a fork, whose changes
/// are taken over when somebody waits for the step.
/// </summary>
internal sealed class SharedEnvironment
{
    private readonly OrderedDictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly List<string> _paths = [];
    private readonly List<Action<SharedEnvironment>> _changes = [];

    /// <summary>The variables, in the order in which they were first set.</summary>
    public IReadOnlyDictionary<string, string> Variables => _variables;

    /// <summary>Folders in front of PATH, the last one first.</summary>
    public IEnumerable<string> Paths => _paths.AsEnumerable().Reverse();

    /// <summary>Sets a variable.</summary>
    public void Set(string name, string value)
    {
        _variables[name] = value;
        _changes.Add(target => target.Set(name, value));
    }

    /// <summary>Puts a folder in front of PATH; one that is there already moves to the front.</summary>
    public void AddPath(string folder)
    {
        _paths.Remove(folder);
        _paths.Add(folder);
        _changes.Add(target => target.AddPath(folder));
    }

    /// <summary>A copy that knows what is changed in it.</summary>
    public SharedEnvironment Fork()
    {
        var fork = new SharedEnvironment();
        foreach (var (name, value) in _variables)
        {
            fork._variables[name] = value;
        }

        fork._paths.AddRange(_paths);
        return fork;
    }

    /// <summary>Takes over what was changed in a fork.</summary>
    public void Merge(SharedEnvironment fork)
    {
        foreach (var change in fork._changes)
        {
            change(this);
        }
    }
}
