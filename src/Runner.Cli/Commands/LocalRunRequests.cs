using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Runner.Cli.CommandLine;
using Runner.Cli.Events;
using Runner.Cli.Flags;
using Runner.Cli.Git;
using Runner.Cli.Listing;
using Runner.Cli.Repositories;
using Runner.Cli.Values;
using Runner.Jobs.Data;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Calls;
using Runner.Workflows.Planning;
using Runner.Workflows.Planning.Triggers;

namespace Runner.Cli.Commands;

/// <summary>Plans the runs that an event starts in a checkout, by the flags.</summary>
internal sealed class LocalRunRequests(
    ParseResult result, RunFlags flags, CliSurroundings surroundings, string folder, RunValues values, LocalRunRepositories repositories)
{
    private readonly RunWorkflows _called = new(folder, repositories);

    /// <summary>A plan per workflow that runs, and what is wrong with those that cannot be planned. Why others do not run is told.</summary>
    public async Task<(ImmutableArray<RunPlan> Plans, ImmutableArray<Diagnostic> Problems)> PlanAsync(RunSelection selection, CancellationToken cancellationToken)
    {
        var eventName = selection.EventToRun(result.GetValue(flags.DetectEvent));
        var given = result.GetValue(flags.EventFile) is { } file ? EventFile.Read(Path.GetFullPath(file, folder)) : null;
        var git = await GitCheckout.ReadAsync(folder, result.GetRequiredValue(flags.RemoteName), cancellationToken);
        var origin = EventOriginReader.Read(git, folder, given, new OriginFlags(
            result.GetValue(flags.DefaultBranch), result.GetValue(flags.Actor), WebAddress.ReadHost(flags.GitHubInstance.Name, result.GetRequiredValue(flags.GitHubInstance))));
        repositories.UseCheckout(origin.Repository, origin.Sha, folder);
        var payload = given ?? EventPayload.Default(eventName, origin);
        var request = new RunRequest
        {
            EventName = eventName,
            Event = ContextDataConverter.FromPlainJson(JsonSerializer.SerializeToElement(payload, JsonLines.Options)),
            GitHub = GitHubValues.Of(eventName, payload, origin),
            Inputs = values.Inputs.IsEmpty ? null : DictionaryData.FromStrings(values.Inputs),
            Vars = [.. values.Vars],
            Env = [.. values.Env.SetItem("ACT", "true")],
            Secrets = [.. values.Secrets],
            GitHubToken = values.GitHubToken,
            MatrixFilter = [.. MatrixFilter()],
        };
        var happened = Happened(request, isGiven: given is not null) with
        {
            ChangedPaths = HasPathFilter(selection, eventName) ? await ChangedFiles.ReadAsync(eventName, given, folder, git, origin, cancellationToken) : default,
        };
        var picked = await PickAsync(selection, happened);
        var plans = ImmutableArray.CreateBuilder<RunPlan>();
        var problems = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (var workflow in picked)
        {
            var own = request with
            {
                Event = given is null ? EventPayload.For(workflow, request.Event, eventName) : request.Event,
                Inputs = InputsOf(workflow, picked, request),
            };
            var planning = await PlanAsync(selection.Reduce(workflow), own, cancellationToken);
            problems.AddRange(planning.Diagnostics);
            if (planning.Plan is { } plan)
            {
                plans.Add(plan);
            }
        }

        return (plans.ToImmutable(), problems.ToImmutable());
    }

    // A job that is named runs whatever happened.
    private async Task<List<Workflow>> PickAsync(RunSelection selection, TriggeringEvent happened)
    {
        var picked = new List<Workflow>();
        foreach (var workflow in selection.Workflows)
        {
            if (selection.Job is { } job ? workflow.FindJob(job) is not null : await RunsAsync(workflow, happened))
            {
                picked.Add(workflow);
            }
        }

        return picked;
    }

    private static bool HasPathFilter(RunSelection selection, string eventName) => selection.Workflows.Any(
        workflow => workflow.FindTrigger(eventName) is { } trigger && (trigger.FindFilter("paths") ?? trigger.FindFilter("paths-ignore")) is not null);

    // An input may be one workflow's alone, of several that run; one that is nobody's is everybody's mistake.
    private static DictionaryData? InputsOf(Workflow workflow, List<Workflow> picked, RunRequest request)
    {
        return request.Inputs is { } inputs ? inputs with { Entries = [.. inputs.Entries.Where(input => IsFor(input.Key))] } : null;

        bool IsFor(string input) => Has(workflow, input) || !picked.Exists(other => Has(other, input));

        bool Has(Workflow asked, string input) => asked.FindTrigger(request.EventName) is { } trigger
            && trigger.Inputs.Any(definition => string.Equals(definition.Name, input, StringComparison.OrdinalIgnoreCase));
    }

    // An event that was not given has an activity for those who look at it, but no filter of types keeps it out.
    private static TriggeringEvent Happened(RunRequest request, bool isGiven)
    {
        var payload = request.Event as DictionaryData ?? DictionaryData.Empty;
        return new TriggeringEvent
        {
            Name = request.EventName,
            Payload = isGiven ? payload : payload with { Entries = [.. payload.Entries.Where(entry => entry.Key != "action")] },
            Ref = request.EventName == "push" ? request.GitHub.FindText("ref") : null,
        };
    }

    private async Task<bool> RunsAsync(Workflow workflow, TriggeringEvent happened)
    {
        var verdict = WorkflowTriggers.Judge(workflow, happened);
        if (verdict.Kind is TriggerKind.Filtered or TriggerKind.Invalid)
        {
            await surroundings.Error.WriteLineAsync($"{workflow.Path} does not run: {verdict.Reason}");
        }

        return verdict.Runs;
    }

    private async Task<RunPlanning> PlanAsync(Workflow workflow, RunRequest request, CancellationToken cancellationToken)
    {
        var reading = await CalledWorkflows.LoadAsync(workflow, _called, result.GetValue(flags.Strict) ? WorkflowReadOptions.Default : WorkflowReadOptions.Run, cancellationToken);
        return reading.Workflow is { } whole ? RunPlan.Create(whole, request) : new RunPlanning(null, reading.Diagnostics);
    }

    private IEnumerable<KeyValuePair<string, string>> MatrixFilter() => (result.GetValue(flags.Matrix) ?? []).Select(text =>
        text.Split(':', 2) is [{ Length: > 0 } key, var value]
            ? KeyValuePair.Create(key, value)
            : throw new UsageException($"--matrix: '{text}' has no value, expected KEY:VALUE such as node:20"));
}
