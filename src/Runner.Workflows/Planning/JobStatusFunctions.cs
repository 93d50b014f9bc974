using System.Collections.Immutable;
using Runner.Expressions.Values;
using Runner.Jobs.Outcomes;

namespace Runner.Workflows.Planning;

/// <summary>The status functions of a job's <c>if</c>.</summary>
/// <remarks>
/// Without arguments they look at all jobs that the job needs, directly or through others: as GitHub documents under
/// <c>jobs.&lt;job_id&gt;.needs</c>, "a failure or skip applies to all jobs in the dependency chain from the point of failure or skip onwards".
/// With arguments they look at the named ones.
/// </remarks>
internal static class JobStatusFunctions
{
    public static IReadOnlyDictionary<string, Func<IReadOnlyList<Value>, Value>> Over(
        IReadOnlyCollection<NeedResult> ancestors, bool isRunCanceled)
    {
        return new Dictionary<string, Func<IReadOnlyList<Value>, Value>>(StringComparer.OrdinalIgnoreCase)
        {
            ["always"] = _ => BooleanValue.True,
            ["cancelled"] = _ => BooleanValue.Of(isRunCanceled),
            ["success"] = names => BooleanValue.Of(!isRunCanceled && Named(names).All(need => need.Conclusion == Conclusion.Succeeded)),
            ["failure"] = names => BooleanValue.Of(!isRunCanceled && Named(names).Any(need => need.Conclusion == Conclusion.Failed)),
        }.ToImmutableDictionary(StringComparer.OrdinalIgnoreCase);

        IEnumerable<NeedResult> Named(IReadOnlyList<Value> names) => names.Count == 0
            ? ancestors
            : ancestors.Where(need => names.Any(name => string.Equals(name.ToText(), need.JobId, StringComparison.OrdinalIgnoreCase)));
    }
}
