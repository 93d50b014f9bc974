using System.Collections.Immutable;
using System.CommandLine;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;
using Runner.Cli.Settings;

namespace Runner.Cli.Commands;

/// <summary>From the command line to <see cref="RunSettings"/>: past here nobody knows flags. A flag that the command does not have says nothing.</summary>
internal sealed class RunSettingsReader(ParseResult result, RunFlags flags)
{
    /// <summary>Reads it.</summary>
    /// <param name="result">The command line.</param>
    /// <param name="flags">Its flags.</param>
    /// <param name="surroundings">The process.</param>
    /// <exception cref="UsageException">A flag has another form, or there is no such folder.</exception>
    public static RunSettings Read(ParseResult result, RunFlags flags, CliSurroundings surroundings) => new RunSettingsReader(result, flags).Read(surroundings);

    private RunSettings Read(CliSurroundings surroundings) => new()
    {
        Event = result.GetValue(flags.Event),
        Folder = CheckedFolder(Path.GetFullPath(result.GetRequiredValue(flags.Folder), surroundings.WorkingFolder)),
        Workflows = result.GetRequiredValue(flags.Workflows),
        Recurses = !result.GetValue(flags.NoRecurse),
        Job = result.GetValue(flags.Job),
        Matrix = All(flags.Matrix),
        EventFile = result.GetValue(flags.EventFile),
        DetectsEvent = result.GetValue(flags.DetectEvent),
        DefaultBranch = result.GetValue(flags.DefaultBranch),
        RemoteName = result.GetRequiredValue(flags.RemoteName),
        Actor = result.GetValue(flags.Actor),
        GitHubInstance = result.GetRequiredValue(flags.GitHubInstance),
        Secrets = Given(flags.SecretFile, flags.Secrets),
        Vars = Given(flags.VarFile, flags.Vars),
        Env = Given(flags.EnvFile, flags.Env),
        Inputs = Given(flags.InputFile, flags.Inputs),
        Config = result.GetValue(flags.Config),
        Overrides = () => [.. SettingFlags.Read(result, flags)],
        Platforms = All(flags.Platforms),
        IsStrictOnSystems = result.GetValue(flags.StrictRunsOn),
        ConcurrentJobs = result.GetValue(flags.ConcurrentJobs),
        SkipsOwnCheckout = !result.GetValue(flags.NoSkipCheckout),
        UsesGitIgnore = IsWritten(flags.UseGitIgnore) ? result.GetValue(flags.UseGitIgnore) : null,
        Binds = result.GetValue(flags.Bind),
        HoldOnFailure = OnFailure.Read(flags.OnFailure.Name, result.GetValue(flags.OnFailure)),
        Measures = result.GetValue(flags.Measure),
        KeepsFailed = IsWritten(flags.Remove) && !result.GetValue(flags.Remove),
        Repositories = new RepositoryFlagValues(
            All(flags.Repositories.Local),
            result.GetValue(flags.Repositories.CachePath),
            result.GetValue(flags.Repositories.Offline),
            All(flags.Repositories.Replaced),
            result.GetValue(flags.Repositories.ReplacementToken)),
        Services = Services(),
        Containers = Containers(),
        FlagsOfCluster = Written(SettingFlags.OfCluster(flags).Append(flags.DebugScheduling)),
        DebugsScheduling = result.GetValue(flags.DebugScheduling),
        Show = Show(),
    };

    private string CheckedFolder(string folder) => Directory.Exists(folder)
        ? folder
        : throw new UsageException(File.Exists(folder)
            ? $"{flags.Folder.Name}: '{folder}' is a file, expected the folder of a checkout"
            : $"{flags.Folder.Name}: there is no folder '{folder}'");

    private ShowFlagValues Show() => new()
    {
        Lists = result.GetValue(flags.List),
        DrawsGraph = result.GetValue(flags.Graph),
        PlansOnly = result.GetValue(flags.DryRun),
        ValidatesOnly = result.GetValue(flags.Validate),
        IsStrict = result.GetValue(flags.Strict),
        IsJson = result.GetValue(flags.Json),
        IsQuiet = result.GetValue(flags.Quiet),
        IsVerbose = result.GetValue(flags.Verbose),
        PrefixesJobId = result.GetValue(flags.LogPrefixJobId),
    };

    private ServiceFlagValues Services() => new()
    {
        ArtifactPath = result.GetValue(flags.Services.ArtifactPath),
        ArtifactAddress = result.GetValue(flags.Services.ArtifactAddress),
        ArtifactPort = result.GetValue(flags.Services.ArtifactPort),
        HasNoCache = result.GetValue(flags.Services.NoCache),
        CachePath = result.GetValue(flags.Services.CachePath),
        CacheAddress = result.GetValue(flags.Services.CacheAddress),
        CachePort = result.GetValue(flags.Services.CachePort),
        ExternalUrl = result.GetValue(flags.Services.ExternalUrl),
    };

    private ContainerFlagValues Containers() => new()
    {
        Pulls = result.GetValue(flags.Containers.Pull),
        IsPrivileged = result.GetValue(flags.Containers.Privileged),
        UserNamespace = result.GetValue(flags.Containers.UserNamespace),
        CapAdd = All(flags.Containers.CapAdd),
        CapDrop = All(flags.Containers.CapDrop),
        Architecture = result.GetValue(flags.Containers.Architecture),
        Socket = result.GetValue(flags.Containers.Socket),
        Options = result.GetValue(flags.Containers.Options),
        Network = result.GetValue(flags.Containers.Network),
        Written = Written(flags.Containers.All),
    };

    private GivenValues Given(Option<string> file, Option<string[]> single) => new(
        file.Name, result.GetRequiredValue(file), IsWritten(file) && result.GetRequiredValue(file).Length > 0, single.Name, All(single));

    private ImmutableArray<string> All(Option<string[]> flag) => [.. result.GetValue(flag) ?? []];

    private ImmutableArray<string> Written(IEnumerable<Option> options) => [.. options.Where(IsWritten).Select(option => option.Name)];

    private bool IsWritten(Option option) => result.GetResult(option) is { Implicit: false };
}
