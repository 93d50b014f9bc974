using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Runner.Jobs.Containers;

namespace Runner.Jobs.Link;

/// <summary>
/// Run a container beside the job and wait for its end: a container action, or a <c>docker://</c> step. The bytes are what it prints,
/// both streams in one; the answer is <see cref="ContainerEnded"/>.
/// </summary>
public sealed record ContainerRequest : WorkerRequest
{
    internal const string KindName = "container";

    /// <summary>Shown name of the step that wants it, masked: for people, and for names of what is made.</summary>
    public required string StepName { get; init; }

    /// <summary>What it is made from.</summary>
    public required ContainerSource Source { get; init; }

    /// <summary>Program that replaces the image's entry point, or <c>null</c>: the image's own.</summary>
    public string? Entrypoint { get; init; }

    /// <summary>Its arguments; empty: the image's own command.</summary>
    public ImmutableArray<string> Arguments { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>
    /// Arguments as one line in Docker's command syntax (<c>with: args:</c> of a <c>docker://</c> step), or <c>null</c>. Where it is there,
    /// <see cref="Arguments"/> is empty.
    /// </summary>
    public string? CommandLine { get; init; }

    /// <summary>Its environment. It may hold secrets: it never stands in a spec, an argument or a file that others can read.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init => field = value ?? NoVariables; } = NoVariables;

    /// <summary>Folder in the container that it starts in.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>What of the job it sees, and where.</summary>
    public required ImmutableArray<ContainerMount> Mounts { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override string Kind => KindName;

    /// <summary>The arguments word by word, whichever way they were given.</summary>
    /// <exception cref="Errors.WorkflowException">A quote of <see cref="CommandLine"/> is not closed.</exception>
    public ImmutableArray<string> SplitArguments() =>
        CommandLine is { } line ? [.. ShellWords.Split(line, $"with.args of '{StepName}'")] : Arguments;

    private static ImmutableSortedDictionary<string, string> NoVariables => ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary>What a container is made from.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ContainerImage), "image")]
[JsonDerivedType(typeof(ContainerBuild), "build")]
public abstract record ContainerSource
{
    private protected ContainerSource()
    {
    }
}

/// <summary>An image to pull.</summary>
public sealed record ContainerImage : ContainerSource
{
    /// <summary>Its name, without <c>docker://</c>.</summary>
    public required string Image { get; init; }
}

/// <summary>An image to build from a Dockerfile that is in the job's place.</summary>
public sealed record ContainerBuild : ContainerSource
{
    /// <summary>The build context: an absolute folder as the worker sees it.</summary>
    public required string Context { get; init; }

    /// <summary>The Dockerfile, relative to <see cref="Context"/>.</summary>
    public string Dockerfile { get; init; } = "Dockerfile";
}

/// <summary>A folder of the job that a container sees.</summary>
public sealed record ContainerMount
{
    /// <summary>Which.</summary>
    [JsonConverter(typeof(TolerantEnumConverter<MountSource>))]
    public required MountSource Source { get; init; }

    /// <summary>
    /// Where it is for the worker, absolute; for a backend that shares folders by path. Empty for <see cref="MountSource.Docker"/>.
    /// </summary>
    public string WorkerPath { get; init; } = string.Empty;

    /// <summary>Where the container sees it, absolute.</summary>
    public required string Target { get; init; }
}

/// <summary>What a mounted folder is to the job.</summary>
public enum MountSource
{
    /// <summary>A value this version does not know.</summary>
    Unknown = 0,

    /// <summary><c>GITHUB_WORKSPACE</c>.</summary>
    Workspace,

    /// <summary><c>RUNNER_TEMP</c>.</summary>
    Temp,

    /// <summary><c>HOME</c>, <c>/github/home</c> of the container.</summary>
    Home,

    /// <summary>The folder of the event file, <c>/github/workflow</c> of the container.</summary>
    Workflow,

    /// <summary>The files of <c>GITHUB_ENV</c> and its like, <c>/github/file_commands</c> of the container.</summary>
    FileCommands,

    /// <summary>The socket of the engine that runs the job, where there is one.</summary>
    Docker,
}
