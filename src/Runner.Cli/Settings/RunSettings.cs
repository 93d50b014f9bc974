using System.Collections.Immutable;
using Runner.Agent.Configuration;

namespace Runner.Cli.Settings;

/// <summary>What the command line of a local run says, read once and told in no flags' terms. Files that it names are not read yet.</summary>
internal sealed record RunSettings
{
    /// <summary>The event, or <c>null</c>: as the workflows have it.</summary>
    public string? Event { get; init; }

    /// <summary>Folder of the checkout, whole.</summary>
    public required string Folder { get; init; }

    /// <summary>Workflow file, or folder of such files, in the checkout.</summary>
    public required string Workflows { get; init; }

    /// <summary>Whether folders below that one are looked into.</summary>
    public bool Recurses { get; init; }

    /// <summary>The one job that is wanted, with those it needs; <c>null</c>: all.</summary>
    public string? Job { get; init; }

    /// <summary>Values that a leg of a matrix must have, as <c>KEY:VALUE</c>.</summary>
    public ImmutableArray<string> Matrix { get; init; } = [];

    /// <summary>JSON file of the event, or <c>null</c>: one is made.</summary>
    public string? EventFile { get; init; }

    /// <summary>Whether the first event of the workflows is taken.</summary>
    public bool DetectsEvent { get; init; }

    /// <summary>Default branch of the repository, or <c>null</c>: as git knows it.</summary>
    public string? DefaultBranch { get; init; }

    /// <summary>Git remote that names the repository.</summary>
    public required string RemoteName { get; init; }

    /// <summary>User that triggers the event, or <c>null</c>: as git knows it.</summary>
    public string? Actor { get; init; }

    /// <summary>GitHub server that the repository and its actions belong to, as written.</summary>
    public required string GitHubInstance { get; init; }

    /// <summary>The <c>secrets</c> context.</summary>
    public required GivenValues Secrets { get; init; }

    /// <summary>The <c>vars</c> context.</summary>
    public required GivenValues Vars { get; init; }

    /// <summary>Environment variables of the steps.</summary>
    public required GivenValues Env { get; init; }

    /// <summary>Inputs of <c>workflow_dispatch</c>.</summary>
    public required GivenValues Inputs { get; init; }

    /// <summary>File of settings, or <c>null</c>: <c>.actrc</c>.</summary>
    public string? Config { get; init; }

    /// <summary>Settings of the configuration that flags say; they win over files and environment. Read where there is something to set: listing needs none.</summary>
    /// <exception cref="CommandLine.UsageException">A <c>-P</c> is none.</exception>
    public required Func<ImmutableArray<ConfigOverride>> Overrides { get; init; }

    /// <summary>What labels stand for, each as <see cref="PlatformFlag.Parse"/> reads it.</summary>
    public ImmutableArray<string> Platforms { get; init; } = [];

    /// <summary>Whether a job for another system fails, instead of being skipped.</summary>
    public bool IsStrictOnSystems { get; init; }

    /// <summary>Most jobs at a time; 0: one per processor.</summary>
    public int ConcurrentJobs { get; init; }

    /// <summary>Whether actions/checkout of the repository itself is left out, as its files are here.</summary>
    public bool SkipsOwnCheckout { get; init; }

    /// <summary>Whether what git ignores stays out of the copy; <c>null</c>: nobody said, and it does.</summary>
    public bool? UsesGitIgnore { get; init; }

    /// <summary>Whether jobs work in the checkout itself.</summary>
    public bool Binds { get; init; }

    /// <summary>For how long a job stays where a step of it failed, or <c>null</c>: it goes on at once.</summary>
    public TimeSpan? HoldOnFailure { get; init; }

    /// <summary>Whether workers measure what jobs use.</summary>
    public bool Measures { get; init; }

    /// <summary>Whether what a job that failed ran in stays, to be looked at.</summary>
    public bool KeepsFailed { get; init; }

    /// <summary>Where actions and called workflows of other repositories come from.</summary>
    public required RepositoryFlagValues Repositories { get; init; }

    /// <summary>The artifact and cache services.</summary>
    public required ServiceFlagValues Services { get; init; }

    /// <summary>Containers of jobs.</summary>
    public required ContainerFlagValues Containers { get; init; }

    /// <summary>Flags that are written and are for a cluster only.</summary>
    public ImmutableArray<string> FlagsOfCluster { get; init; } = [];

    /// <summary>Whether it is told what a job's labels become.</summary>
    public bool DebugsScheduling { get; init; }

    /// <summary>What is shown, and whether anything runs.</summary>
    public required ShowFlagValues Show { get; init; }
}

/// <summary>One kind of values that a user gives to a run, by flags and in a file.</summary>
/// <param name="FileFlag">The flag that names the file.</param>
/// <param name="File">The file.</param>
/// <param name="IsFileNamed">Whether the user named it.</param>
/// <param name="Flag">The flag of single values.</param>
/// <param name="Texts">What it says, each <c>NAME=VALUE</c> or <c>NAME</c>.</param>
internal sealed record GivenValues(string FileFlag, string File, bool IsFileNamed, string Flag, ImmutableArray<string> Texts);

/// <summary>What the flags of repositories say.</summary>
internal sealed record RepositoryFlagValues(
    ImmutableArray<string> Local, string? CachePath, bool IsOffline, ImmutableArray<string> Replaced, string? ReplacementToken);

/// <summary>What the flags of the artifact and cache services say.</summary>
internal sealed record ServiceFlagValues
{
    public string? ArtifactPath { get; init; }

    public string? ArtifactAddress { get; init; }

    public int? ArtifactPort { get; init; }

    public bool HasNoCache { get; init; }

    public string? CachePath { get; init; }

    public string? CacheAddress { get; init; }

    public int? CachePort { get; init; }

    public string? ExternalUrl { get; init; }
}

/// <summary>What is shown, and whether anything runs.</summary>
internal sealed record ShowFlagValues
{
    public bool Lists { get; init; }

    public bool DrawsGraph { get; init; }

    public bool PlansOnly { get; init; }

    public bool ValidatesOnly { get; init; }

    public bool IsStrict { get; init; }

    public bool IsJson { get; init; }

    public bool IsQuiet { get; init; }

    public bool IsVerbose { get; init; }

    public bool PrefixesJobId { get; init; }
}
