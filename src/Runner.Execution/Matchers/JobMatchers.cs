using System.Collections.Immutable;

namespace Runner.Execution.Matchers;

/// <summary>The problem matchers of a job: those added last look at a line first. Safe from any thread.</summary>
internal sealed class JobMatchers
{
    private ImmutableArray<ProblemMatcher> _matchers = [];

    /// <summary>The matchers, in the order in which they look at a line. Another array after each change.</summary>
    public ImmutableArray<ProblemMatcher> Current => _matchers;

    /// <summary>Adds matchers; one of the same owner goes.</summary>
    public void Add(IEnumerable<ProblemMatcher> matchers)
    {
        foreach (var matcher in matchers)
        {
            ImmutableInterlocked.Update(ref _matchers, (current, added) => current.RemoveAll(known => IsOf(known, added.Owner)).Insert(0, added), matcher);
        }
    }

    /// <summary>Removes the matcher of an owner. False: there is none.</summary>
    public bool Remove(string owner) => ImmutableInterlocked.Update(ref _matchers, current => current.RemoveAll(known => IsOf(known, owner)));

    private static bool IsOf(ProblemMatcher matcher, string owner) => matcher.Owner.Equals(owner, StringComparison.OrdinalIgnoreCase);
}
