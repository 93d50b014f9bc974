namespace Runner.Jobs.Errors;

/// <summary>What the author of a workflow has to mend. The job fails with this message in its log.</summary>
/// <remarks>The message says what was found, what was expected and where. It is shown as it is, so it never holds a secret.</remarks>
public sealed class WorkflowException : Exception
{
    /// <summary>A problem whose place in a file is not known.</summary>
    public WorkflowException(string message)
        : base(message)
    {
    }

    /// <summary>A problem with the error that showed it.</summary>
    public WorkflowException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>A problem at a place in a workflow or action file.</summary>
    public WorkflowException(string message, Tokens.SourcePosition? position)
        : base(message) => Position = position;

    /// <summary>Where the problem is, or <c>null</c> where that is not known.</summary>
    public Tokens.SourcePosition? Position { get; }
}
