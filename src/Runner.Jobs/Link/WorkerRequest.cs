using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Runner.Jobs.Link;

/// <summary>
/// What a running worker asks its launcher for. It travels only on the sealed stream between the two, so it may hold secrets; each kind
/// says which <see cref="RequestResult"/> answers it and what bytes come with the answer.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ContainerRequest), ContainerRequest.KindName)]
[JsonDerivedType(typeof(ResolveActionsRequest), ResolveActionsRequest.KindName)]
[JsonDerivedType(typeof(ActionRequest), ActionRequest.KindName)]
[JsonDerivedType(typeof(WorkspaceRequest), WorkspaceRequest.KindName)]
[JsonDerivedType(typeof(ServiceLogRequest), ServiceLogRequest.KindName)]
public abstract record WorkerRequest
{
    private protected WorkerRequest()
    {
    }

    /// <summary>The kind as it stands in JSON.</summary>
    [JsonIgnore]
    public abstract string Kind { get; }
}

/// <summary>
/// Resolve actions of repositories (local runs: tokens and local repositories stay with the launcher). Answered by
/// <see cref="ActionsResolved"/>, without bytes.
/// </summary>
public sealed record ResolveActionsRequest : WorkerRequest
{
    internal const string KindName = "resolveActions";

    /// <summary>The actions; the answer has all of them in this order.</summary>
    public required ImmutableArray<ActionName> Actions { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>An action of a repository as a step names it.</summary>
public sealed record ActionName
{
    /// <summary><c>owner/repo</c>.</summary>
    public required string Repository { get; init; }

    /// <summary>Branch, tag or commit.</summary>
    public required string Ref { get; init; }

    /// <summary>Folder of the action, or <c>null</c>: the root.</summary>
    public string? Path { get; init; }
}

/// <summary>
/// Send the archive of an action's repository: the bytes are a gzipped tar whose entries stand below one folder, as
/// <c>git archive --prefix</c> makes it. Answered by <see cref="RequestDone"/>.
/// </summary>
public sealed record ActionRequest : WorkerRequest
{
    internal const string KindName = "action";

    /// <summary>As it was asked for.</summary>
    public required ActionName Action { get; init; }

    /// <summary>The commit that it was resolved to.</summary>
    public required string Sha { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>
/// Send the checkout that the run was started in: the bytes are a gzipped tar of its files, paths relative to its root. Answered by
/// <see cref="WorkspaceSent"/>.
/// </summary>
public sealed record WorkspaceRequest : WorkerRequest
{
    internal const string KindName = "workspace";

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Kind => KindName;
}

/// <summary>
/// Send the log of one of the job's services, or the last part of a long one: the bytes are its lines. Answered by <see cref="RequestDone"/>.
/// </summary>
public sealed record ServiceLogRequest : WorkerRequest
{
    internal const string KindName = "serviceLog";

    /// <summary>Most lines that are sent.</summary>
    public const int MaxLines = 5000;

    /// <summary>Its container, as <see cref="Launch.PlacedContainer.Id"/> has it.</summary>
    public required string Container { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Kind => KindName;
}
