using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Runner.Jobs.Link;

/// <summary>How a <see cref="WorkerRequest"/> ended. It follows the last byte of the answer.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(RequestDone), "done")]
[JsonDerivedType(typeof(RequestFailed), "failed")]
[JsonDerivedType(typeof(ContainerEnded), "containerEnded")]
[JsonDerivedType(typeof(ActionsResolved), "actionsResolved")]
[JsonDerivedType(typeof(WorkspaceSent), "workspaceSent")]
public abstract record RequestResult
{
    private protected RequestResult()
    {
    }
}

/// <summary>It is done, and there is nothing more to say.</summary>
public sealed record RequestDone : RequestResult;

/// <summary>It could not be done.</summary>
public sealed record RequestFailed : RequestResult
{
    /// <summary>Why, for the workflow's author; holds no secret.</summary>
    public required string Message { get; init; }

    /// <summary>Whether the workflow has to be mended; if not, it was something outside.</summary>
    public bool IsWorkflowError { get; init; }
}

/// <summary>The container ran and ended.</summary>
public sealed record ContainerEnded : RequestResult
{
    /// <summary>Its exit code.</summary>
    public required int ExitCode { get; init; }

    /// <summary>What is to be said beside it (killed for its memory, …), or <c>null</c>.</summary>
    public string? Message { get; init; }
}

/// <summary>The commits of actions, in the order asked for.</summary>
public sealed record ActionsResolved : RequestResult
{
    /// <summary>One for each action of the request.</summary>
    public required ImmutableArray<ActionCommit> Actions { get; init; }
}

/// <summary>An action's commit.</summary>
public sealed record ActionCommit
{
    /// <summary><c>owner/repo</c> after renames.</summary>
    public required string Repository { get; init; }

    /// <summary>The commit, hexadecimal.</summary>
    public required string Sha { get; init; }
}

/// <summary>The checkout is there.</summary>
public sealed record WorkspaceSent : RequestResult
{
    /// <summary>Files, links and folders that were sent.</summary>
    public long Entries { get; init; }
}
