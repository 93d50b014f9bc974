using System.Collections.Concurrent;

namespace Runner.Services.Blobs;

/// <summary>Budgets of groups of blobs, each within one of all of them.</summary>
/// <param name="limit">Most bytes of a group.</param>
/// <param name="whose">Whose those are, for the refusal.</param>
/// <param name="allLimit">Most bytes of all groups.</param>
/// <param name="allWhose">Whose those are.</param>
internal sealed class BlobBudgets(long limit, string whose, long allLimit, string allWhose)
{
    private readonly ConcurrentDictionary<string, BlobBudget> _groups = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The budget of all.</summary>
    public BlobBudget All { get; } = new(allLimit, allWhose);

    /// <summary>The budget of a group.</summary>
    public BlobBudget Of(string group) => _groups.GetOrAdd(group, _ => new BlobBudget(limit, whose, All));

    /// <summary>Says of each group how many bytes of it are complete. One that is not named is forgotten once nothing of it is counted.</summary>
    public void Keep(IReadOnlyDictionary<string, long> complete)
    {
        All.Keep(complete.Values.Sum());
        foreach (var (group, budget) in _groups)
        {
            budget.Keep(complete.GetValueOrDefault(group));
            if (!complete.ContainsKey(group) && budget.Used == 0)
            {
                _groups.TryRemove(group, out _);
            }
        }

        foreach (var (group, bytes) in complete.Where(pair => pair.Value > 0))
        {
            Of(group).Keep(bytes);
        }
    }
}
