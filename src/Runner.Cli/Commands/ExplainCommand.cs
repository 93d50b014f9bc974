using System.CommandLine;
using Runner.Agent.Pools;
using Runner.Backends;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Kubernetes;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Validation;

namespace Runner.Cli.Commands;

/// <summary><c>runner explain LABEL…</c>: what the labels of <c>runs-on</c> become, and the pod of a job that asks for them. No cluster is asked.</summary>
internal sealed class ExplainCommand(CliSurroundings surroundings)
{
    private const string AnyRunner = "runner";

    private readonly RunFlags _flags = new();

    private readonly Argument<string[]> _labels = new("labels")
    {
        Description = "Labels of runs-on, such as: linux x64 gpu=a100:2 cpu=4. A list may be written with commas, too.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _pool = RunFlags.Text("--pool", null, "NAME", "Place the job as this pool of the settings does: its labels, platform and sizes.");

    private readonly Option<string?> _version = RunFlags.Text(
        "--cluster-version", null, "VERSION", "Show the pod for a cluster of this version, such as v1.25.16. Default: one that can do everything.");

    public static Command Build(CliSurroundings surroundings)
    {
        var explain = new ExplainCommand(surroundings);
        var command = new Command("explain", "Show what labels of runs-on become on Kubernetes, and the job's pod.")
        {
            explain._labels, explain._pool, explain._version, explain._flags.Config, explain._flags.Platforms,
        };
        foreach (var option in SettingFlags.OfCluster(explain._flags))
        {
            command.Options.Add(option);
        }

        command.SetAction(explain.Run);
        return command;
    }

    private int Run(ParseResult result)
    {
        var labels = (result.GetValue(_labels) ?? []).SelectMany(label => label.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToList();
        var pool = result.GetValue(_pool);
        if (labels.Count == 0 && pool is null)
        {
            throw new UsageException("'runner explain' needs labels, or --pool; see 'runner explain --help'");
        }

        var options = SettingFlags.Settings(result, _flags, surroundings);
        var kubernetes = Checked(options.Kubernetes ?? new KubernetesOptions());
        var launch = new JobLaunch
        {
            Job = new JobMessage { JobId = new JobId(Guid.Empty), Plan = new PlanReference { PlanId = new PlanId(Guid.Empty) }, JobDisplayName = "job", JobName = "job" },
            Runner = new RunnerIdentity { Name = AnyRunner, Version = options.Github.RunnerVersion },
            Labels = [.. labels],
            MessageSeen = DateTimeOffset.UnixEpoch,
        };
        surroundings.Out.Write(PodPreview.Describe(pool is null ? launch : PoolPreview.InPool(launch, options, pool), kubernetes, result.GetValue(_version) ?? string.Empty));
        return ExitCodes.Success;
    }

    // What is shown is the pod's shape: images that are not said are names of what would be there.
    private static KubernetesOptions Checked(KubernetesOptions options)
    {
        var shown = options with { RunnerImage = options.RunnerImage.Length > 0 ? options.RunnerImage : AnyRunner, Namespace = options.Namespace ?? "default" };
        return shown.Validate(needsDefaultImage: false) is { Count: > 0 } problems ? throw new OperatorException(problems) : shown;
    }
}
