namespace Runner.Workflows.Planning;

/// <summary>
/// Which job of a run: its key in the workflow, behind <c>caller/</c> where the workflow is called, and its place in the matrix, from 0.
/// </summary>
public readonly record struct PlannedJobId(string JobKey, int Index)
{
    /// <summary>Such as <c>build</c> or, for the third leg of a matrix, <c>build[2]</c>.</summary>
    public override string ToString() => Index == 0 ? JobKey : $"{JobKey}[{Index}]";
}
