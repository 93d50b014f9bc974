using Runner.Expressions.Values;

namespace Runner.Execution.Contexts;

/// <summary>The functions that a job supplies, for whoever evaluates an expression without one.</summary>
public static class WorkspaceFunctions
{
    /// <summary>Their declarations: those of a job's <c>if</c>, which take names of jobs, and <c>hashFiles</c>.</summary>
    public static IReadOnlyList<FunctionDeclaration> Declarations { get; } =
    [
        FunctionDeclaration.Always,
        FunctionDeclaration.Cancelled,
        FunctionDeclaration.Parse("failure(0,MAX)"),
        FunctionDeclaration.Parse("success(0,MAX)"),
        FunctionDeclaration.HashFiles,
    ];

    /// <summary>The functions.</summary>
    /// <param name="status"><c>success</c>, <c>failure</c> or <c>cancelled</c>: how the steps or jobs before have ended.</param>
    /// <param name="workspace">Folder of <c>hashFiles</c>, a full path.</param>
    /// <param name="home">What <c>~</c> stands for, or <c>null</c>.</param>
    /// <param name="time">Clock of the limit that <c>hashFiles</c> has.</param>
    public static IReadOnlyDictionary<string, Func<IReadOnlyList<Value>, Value>> Of(string status, string workspace, string? home, TimeProvider time) =>
        StatusFunctions.Of(status, status, new HashFiles(workspace, home, time));
}
