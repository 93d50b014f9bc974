namespace Runner.Execution.Scopes;

/// <summary>
/// The members of <c>github</c> that belong to steps: <c>action</c>, <c>action_path</c>, <c>action_ref</c>, <c>action_repository</c> and the names of the
/// command files.
/// </summary>
internal sealed class StepMembers
{
    private readonly OrderedDictionary<string, string> _members = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The members, in the order in which they were first set.</summary>
    public IEnumerable<KeyValuePair<string, string>> Entries => _members;

    /// <summary>Sets one; the last value counts.</summary>
    public void Set(string name, string value) => _members[name] = value;

    /// <summary>Sets where the action of a step comes from; both are empty where it comes from no repository.</summary>
    public void SetSource(string? repository, string? reference)
    {
        Set("action_repository", repository ?? string.Empty);
        Set("action_ref", reference ?? string.Empty);
    }

    /// <summary>The same members, to be changed by themselves.</summary>
    public StepMembers Copy()
    {
        var copy = new StepMembers();
        foreach (var (name, value) in _members)
        {
            copy._members[name] = value;
        }

        return copy;
    }
}
