using System.Collections.Immutable;
using Runner.Agent.Configuration;
using Runner.Cli.CommandLine;
using Runner.Cli.Listing;
using Runner.Cli.Running;
using Runner.Cli.Settings;
using Runner.Cli.Values;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Secrets;
using Runner.Kubernetes;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Validation;
using Runner.Workflows.Planning;

namespace Runner.Cli.Commands;

/// <summary>
/// <c>--dryrun --debug-scheduling</c>: what the labels of every job that would run become and what its pod looks like, by the settings alone. No cluster is
/// asked: the pods are those of one that can do everything.
/// </summary>
internal sealed class PlannedPods(RunSettings settings, CliSurroundings surroundings, RunValues values)
{
    /// <summary>Writes them where a run does, too.</summary>
    /// <exception cref="OperatorException">The settings are wrong.</exception>
    public void Write(ImmutableArray<RunPlan> plans)
    {
        var options = ReadOptions();
        var given = new LocalJobSettings
        {
            Runner = new RunnerIdentity { Name = "local", Version = new GitHubOptions().RunnerVersion },
            GitHubToken = values.GitHubToken ?? new Secret(string.Empty),
        };
        foreach (var plan in plans)
        {
            foreach (var planned in RunPreview.Of(plan).Select(preview => preview.Job).OfType<PlannedJob>())
            {
                surroundings.Error.WriteLine(Describe(planned, given, options));
            }
        }
    }

    private static string Describe(PlannedJob planned, LocalJobSettings given, KubernetesOptions options)
    {
        try
        {
            var launch = LocalJobLauncher.LaunchOf(planned, new PlanId(Guid.NewGuid()), given, TimeProvider.System.GetUtcNow());
            return PodPreview.Describe(launch, options, version: string.Empty);
        }
        catch (WorkflowException mistake)
        {
            return $"{planned.DisplayName}: labels {string.Join(", ", planned.Labels)}\n  error: {mistake.Message}";
        }
    }

    private KubernetesOptions ReadOptions()
    {
        var files = SettingsFiles.Read(surroundings, settings.Config);
        var reading = AgentConfiguration.Read(files.Yaml, surroundings.Environment, settings.Overrides());
        if (reading.Problems.Count > 0)
        {
            throw new OperatorException(reading.Problems);
        }

        var options = reading.Options.Kubernetes ?? new KubernetesOptions();
        return options.Validate(needsDefaultImage: false) is { Count: > 0 } problems
            ? throw new OperatorException(problems)
            : options with { Namespace = options.Namespace ?? "default" };
    }
}
