using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;

namespace Runner.Workflows.Model;

/// <summary>Checks what jobs need of each other: names that exist, a job to begin with, no circle.</summary>
internal sealed class NeedsChecker(DiagnosticBag diagnostics, MappingToken jobs)
{
    private readonly Dictionary<string, List<StringToken>> _needs = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _settled = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Whether each job that can never start is blamed for all that it waits for, as GitHub does. Default false: unknown jobs and those in
    /// a circle only.
    /// </summary>
    public bool BlamesAsGitHub { get; init; }

    public void Check()
    {
        foreach (var (key, value) in jobs.Entries)
        {
            _needs.TryAdd(key.ToString() ?? string.Empty, value is MappingToken job ? [.. JobReader.NeedsTokens(job)] : []);
        }

        if (BlamesAsGitHub)
        {
            CheckAsGitHub();
            return;
        }

        foreach (var (id, needs) in _needs)
        {
            foreach (var need in needs.Where(need => !_needs.ContainsKey(need.Value)))
            {
                diagnostics.Add(need.Position, $"Job '{id}' depends on unknown job '{need.Value}'.", Hints.Nearest(need.Value, _needs.Keys));
            }
        }

        if (_needs.Values.All(needs => needs.Count > 0))
        {
            diagnostics.Add(jobs.Position, "The workflow must contain at least one job with no dependencies.");
            return;
        }

        FindCircles();
    }

    private void CheckAsGitHub()
    {
        if (_needs.Values.All(needs => needs.Count > 0))
        {
            diagnostics.Add(jobs.Position, "The workflow must contain at least one job with no dependencies.");
            return;
        }

        Settle(need => _settled.Contains(need.Value));
        foreach (var (id, needs) in _needs.Where(job => !_settled.Contains(job.Key)))
        {
            foreach (var need in needs.Where(need => !_settled.Contains(need.Value)))
            {
                diagnostics.Add(need.Position, _needs.ContainsKey(need.Value)
                    ? $"Job '{id}' depends on job '{need.Value}' which creates a cycle in the dependency graph."
                    : $"Job '{id}' depends on unknown job '{need.Value}'.");
            }
        }
    }

    private void FindCircles()
    {
        Settle(IsSettled);
        foreach (var (id, needs) in _needs.Where(job => !_settled.Contains(job.Key)))
        {
            foreach (var need in needs.Where(need => !IsSettled(need) && LeadsBack(from: need.Value, to: id)))
            {
                diagnostics.Add(need.Position, $"Job '{id}' depends on job '{need.Value}' which creates a cycle in the dependency graph.");
            }
        }
    }

    // Takes jobs away whose needs are all settled, until none is left or those that are left wait for each other.
    private void Settle(Predicate<StringToken> isSettled)
    {
        while (_needs.Where(job => !_settled.Contains(job.Key) && job.Value.TrueForAll(isSettled)).Select(job => job.Key).ToList() is { Count: > 0 } free)
        {
            _settled.UnionWith(free);
        }
    }

    private bool IsSettled(StringToken need) => _settled.Contains(need.Value) || !_needs.ContainsKey(need.Value);

    private bool LeadsBack(string from, string to)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var open = new Stack<string>([from]);
        while (open.TryPop(out var id))
        {
            if (string.Equals(id, to, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }

            if (seen.Add(id) && _needs.TryGetValue(id, out var needs))
            {
                needs.ForEach(need => open.Push(need.Value));
            }
        }

        return false;
    }
}
