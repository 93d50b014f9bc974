using System.CommandLine;
using System.CommandLine.Parsing;

namespace Runner.Cli.Flags;

/// <summary>The flags of <c>runner [event]</c> that do something on every backend, in act's syntax (<c>docs/running-locally.md</c>).</summary>
internal sealed class RunFlags
{
    /// <summary>Where workflows are, in the checkout.</summary>
    public const string DefaultWorkflows = ".github/workflows";

    /// <summary>Name of <see cref="Config"/>.</summary>
    public const string ConfigName = "--config";

    public Argument<string?> Event { get; } = new("event")
    {
        Description = "Event to run workflows for, such as push or pull_request. Default: the only one that the workflows have, else push.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    // What to run.
    public Option<string> Workflows { get; } = Text("--workflows", "-W", "PATH", "Workflow file, or folder of such files.", DefaultWorkflows);

    public Option<bool> NoRecurse { get; } = Switch("--no-recurse", "Do not look into folders below that of --workflows.");

    public Option<string> Folder { get; } = Text("--directory", "-C", "FOLDER", "Folder of the checkout.", ".");

    public Option<string?> Job { get; } = Text("--job", "-j", "ID", "Run only this job and those it needs.");

    public Option<string[]> Matrix { get; } = Texts("--matrix", null, "KEY:VALUE", "Run only the combinations of a matrix that have this value.");

    public Option<string?> EventFile { get; } = Text("--eventpath", "-e", "FILE", "JSON file of the event (github.event).");

    public Option<bool> DetectEvent { get; } = Switch("--detect-event", "Take the first event of the workflows.");

    public Option<string?> DefaultBranch { get; } = Text("--defaultbranch", null, "NAME", "Default branch of the repository. Default: as git knows it.");

    public Option<string> RemoteName { get; } = Text("--remote-name", null, "NAME", "Git remote that names the repository.", "origin");

    public Option<string?> Actor { get; } = Text("--actor", "-a", "NAME", "User that triggers the event. Default: as git knows it.");

    public Option<string> GitHubInstance { get; } = Text("--github-instance", null, "HOST", "GitHub server that the repository and its actions belong to.", "github.com");

    // What is given to it.
    public Option<string[]> Secrets { get; } = Named("--secret", "-s", "NAME[=VALUE]", "A secret. Without a value: from the environment, else asked for.");

    public Option<string> SecretFile { get; } = Text("--secret-file", null, "FILE", "File of secrets, dotenv or YAML.", ".secrets");

    public Option<string[]> Vars { get; } = Named("--var", null, "NAME[=VALUE]", "A variable of the vars context.");

    public Option<string> VarFile { get; } = Text("--var-file", null, "FILE", "File of such variables.", ".vars");

    public Option<string[]> Env { get; } = Named("--env", null, "NAME[=VALUE]", "An environment variable of the steps.");

    public Option<string> EnvFile { get; } = Text("--env-file", null, "FILE", "File of such variables.", ".env");

    public Option<string[]> Inputs { get; } = Named("--input", null, "NAME=VALUE", "An input of workflow_dispatch.");

    public Option<string> InputFile { get; } = Text("--input-file", null, "FILE", "File of inputs.", ".input");

    // Where it runs.
    public Option<string?> Backend { get; } = Text("--backend", null, "NAME", "docker, host or kubernetes. Default: docker, by the engine that answers here.");

    public Option<bool> StrictRunsOn { get; } = Switch("--strict-runs-on", "Fail a job that asks for a system which this machine is not, instead of skipping it.");

    public Option<string[]> Platforms { get; } = Texts(
        "--platform", "-P", "LABEL=IMAGE", "What a label of runs-on stands for: an image, k8s:image:key=value, or -self-hosted for this machine.");

    public Option<string?> Config { get; } = Text(ConfigName, null, "FILE", "File of settings, YAML. Default: .actrc here, then in the home folder.");

    public Option<int> ConcurrentJobs { get; } = new("--concurrent-jobs")
    {
        Description = "Most jobs at a time. Default, and 0: one per processor.",
        HelpName = "N",
        Validators = { NotNegative },
    };

    public Option<bool> NoSkipCheckout { get; } = Switch("--no-skip-checkout", "Let actions/checkout fetch from GitHub instead of using the files that are here.");

    public Option<bool> UseGitIgnore { get; } = new("--use-gitignore")
    {
        Description = "Leave out of the copy what git ignores; --use-gitignore=false copies it, too.",
        DefaultValueFactory = _ => true,
    };

    public Option<bool> Bind { get; } = Switch("--bind", "Let jobs work in the checkout itself instead of a copy.", "-b");

    /// <summary>Where actions and called workflows of other repositories come from.</summary>
    public RepositoryFlags Repositories { get; } = new();

    /// <summary>The artifact and cache services.</summary>
    public ServiceFlags Services { get; } = new();

    public Option<bool> Remove { get; } = new("--rm")
    {
        Description = "Remove the container of a job that failed, too; --rm=false keeps it (docker).",
        DefaultValueFactory = _ => true,
    };

    public Option<string?> OnFailure { get; } = Text("--on-failure", null, "hold[=TIME]", "hold: a job stays where a step of it failed, for somebody to enter it; 30m unless said otherwise.");

    public Option<bool> Measure { get; } = Switch("--measure", "Measure CPU time and peak memory of each step, on docker and kubernetes; a table is added to the job's summary.");

    public Option<bool> Watch { get; } = Switch("--watch", "Run again whenever the checkout changes, until Ctrl-C.", "-w");

    // What is shown.
    public Option<bool> List { get; } = Switch("--list", "List the jobs and run nothing.", "-l");

    public Option<bool> Graph { get; } = Switch("--graph", "Draw the jobs and what they need, and run nothing.", "-g");

    public Option<bool> DryRun { get; } = Switch("--dryrun", "Show what would run, and run nothing.", "-n", "--dry-run");

    public Option<bool> Validate { get; } = Switch("--validate", "Check the workflows and run nothing.");

    public Option<bool> Strict { get; } = Switch("--strict", "Run nothing if any workflow has a mistake, not only those that are to run.");

    public Option<bool> Json { get; } = Switch("--json", "Print one JSON object a line.");

    public Option<bool> Quiet { get; } = Switch("--quiet", "Do not print what steps print.", "-q");

    public Option<bool> Verbose { get; } = Switch("--verbose", "Print debug lines too.", "-v", "--debug");

    public Option<bool> LogPrefixJobId { get; } = Switch("--log-prefix-job-id", "Begin lines with the id of the job instead of its name.");

    /// <summary>Those of the Docker backend.</summary>
    public ContainerFlags Containers { get; } = new();

    // A cluster.
    public Option<string?> Kubeconfig { get; } = Text("--kubeconfig", null, "FILE", "kubernetes: the kubeconfig.");

    public Option<string?> Context { get; } = Text("--context", null, "NAME", "kubernetes: context of the kubeconfig.");

    public Option<string?> Namespace { get; } = Text("--namespace", null, "NAME", "kubernetes: namespace of the pods.");

    public Option<string?> ServiceAccount { get; } = Text("--k8s-service-account", null, "NAME", "kubernetes: service account of the pods.");

    public Option<string?> StorageClass { get; } = Text("--k8s-storage-class", null, "NAME", "kubernetes: storage class of volumes.");

    public Option<string?> CpuRequest { get; } = Text("--k8s-cpu-request", null, "QUANTITY", "kubernetes: processors that a job asks for.");

    public Option<string?> MemoryRequest { get; } = Text("--k8s-memory-request", null, "QUANTITY", "kubernetes: memory that a job asks for.");

    public Option<string?> CpuLimit { get; } = Text("--k8s-cpu-limit", null, "QUANTITY", "kubernetes: processors that a job may use.");

    public Option<string?> MemoryLimit { get; } = Text("--k8s-memory-limit", null, "QUANTITY", "kubernetes: memory that a job may use.");

    public Option<bool> DebugScheduling { get; } = Switch("--debug-scheduling", "kubernetes: print what a job's labels become, and its pod.");

    /// <summary>Those that say what is run and what it is given: all that a plan depends on.</summary>
    public IReadOnlyList<Option> Planning =>
    [
        Workflows, NoRecurse, Folder, Job, Matrix, EventFile, DetectEvent, DefaultBranch, RemoteName, Actor, GitHubInstance,
        Secrets, SecretFile, Vars, VarFile, Env, EnvFile, Inputs, InputFile,
        Config, .. Repositories.All, Strict, Json, Quiet,
    ];

    /// <summary>All of them, in the order of the help.</summary>
    public IReadOnlyList<Option> All =>
    [
        Workflows, NoRecurse, Folder, Job, Matrix, EventFile, DetectEvent, DefaultBranch, RemoteName, Actor, GitHubInstance,
        Secrets, SecretFile, Vars, VarFile, Env, EnvFile, Inputs, InputFile,
        Backend, Platforms, StrictRunsOn, Config, ConcurrentJobs, NoSkipCheckout, UseGitIgnore, Bind, Remove, OnFailure, Measure, Watch,
        .. Repositories.All, .. Services.All,
        List, Graph, DryRun, Validate, Strict, Json, Quiet, Verbose, LogPrefixJobId,
        .. Containers.All,
        Kubeconfig, Context, Namespace, ServiceAccount, StorageClass, CpuRequest, MemoryRequest, CpuLimit, MemoryLimit, DebugScheduling,
    ];

    /// <summary>A flag of one text.</summary>
    internal static Option<string?> Text(string name, string? letter, string value, string description) =>
        new(name, Letters(letter)) { Description = description, HelpName = value, Arity = ArgumentArity.OneOrMore, CustomParser = Last };

    /// <summary>A flag of one text with a default.</summary>
    internal static Option<string> Text(string name, string? letter, string value, string description, string byDefault) =>
        new(name, Letters(letter)) { Description = description, HelpName = value, Arity = ArgumentArity.OneOrMore, CustomParser = Last, DefaultValueFactory = _ => byDefault };

    /// <summary>A flag that may be repeated; each gives one text.</summary>
    internal static Option<string[]> Texts(string name, string? letter, string value, string description) =>
        new(name, Letters(letter)) { Description = description + " May be repeated.", HelpName = value, Arity = ArgumentArity.OneOrMore };

    /// <summary>A flag that may be repeated; each gives one name, and perhaps its value.</summary>
    internal static Option<string[]> Named(string name, string? letter, string value, string description)
    {
        var option = Texts(name, letter, value, description);
        option.Validators.Add(HasNames);
        return option;
    }

    /// <summary>Refuses what has no name before its <c>=</c>, or one with a blank in it: nothing could ask for it.</summary>
    internal static void HasNames(OptionResult result)
    {
        foreach (var name in result.Tokens.Select(token => token.Value.Split('=', 2)[0]))
        {
            if (name.Length == 0 || name.Any(char.IsWhiteSpace))
            {
                result.AddError($"{result.Option.Name}: {(name.Length == 0 ? "there is no name" : $"'{name}' is no name")}, expected {result.Option.HelpName}");
            }
        }
    }

    /// <summary>A flag that is there or not; <c>--flag=false</c> works too.</summary>
    internal static Option<bool> Switch(string name, string description, params string[] aliases) => new(name, aliases) { Description = description };

    private static void NotNegative(OptionResult result)
    {
        if (result.Tokens is [.., var last] && int.TryParse(last.Value, out var number) && number < 0)
        {
            result.AddError($"--concurrent-jobs: '{number}' is too small, expected 0 or more");
        }
    }

    // As in act, a flag that comes again wins over its earlier self: those of an .actrc come first.
    private static string Last(ArgumentResult result) => result.Tokens[^1].Value;

    private static string[] Letters(string? letter) => letter is null ? [] : [letter];
}
