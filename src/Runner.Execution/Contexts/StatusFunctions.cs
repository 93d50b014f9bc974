using Runner.Execution.Scopes;
using Runner.Expressions.Values;

namespace Runner.Execution.Contexts;

/// <summary>
/// The functions that a job supplies: <c>always</c>, <c>success</c>, <c>failure</c>, <c>cancelled</c>, <c>hashFiles</c>
/// (<c>expressions.md</c> sections 6 and 7).
/// </summary>
internal static class StatusFunctions
{
    /// <summary>The functions at a moment of the job.</summary>
    /// <param name="status">Of the job, or of the composite action around a step.</param>
    /// <param name="jobStatus"><c>job.status</c>.</param>
    /// <param name="files">Does <c>hashFiles</c>.</param>
    public static IReadOnlyDictionary<string, Func<IReadOnlyList<Value>, Value>> Of(string status, string jobStatus, HashFiles files) =>
        new Dictionary<string, Func<IReadOnlyList<Value>, Value>>(StringComparer.OrdinalIgnoreCase)
        {
            ["always"] = _ => BooleanValue.True,
            ["success"] = _ => BooleanValue.Of(status == StatusText.Success),
            ["failure"] = _ => BooleanValue.Of(status == StatusText.Failure),
            ["cancelled"] = _ => BooleanValue.Of(jobStatus == StatusText.Cancelled),
            ["hashFiles"] = files.Compute,
        };
}
