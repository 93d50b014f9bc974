using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Cli.CommandLine;
using Runner.Cli.Events;
using Runner.Cli.Git;
using Runner.Cli.Listing;
using Runner.Cli.Rendering;
using Runner.Cli.Repositories;
using Runner.Cli.Settings;
using Runner.Cli.Values;
using Runner.Jobs.Data;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Events;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Calls;
using Runner.Workflows.Planning;
using Runner.Workflows.Planning.Triggers;

namespace Runner.Cli.Commands;

/// <summary>Plans the runs that an event starts in a checkout.</summary>
internal sealed class LocalRunRequests(RunSettings settings, CliSurroundings surroundings, RunValues values, LocalRunRepositories repositories)
{
    private readonly RunWorkflows _called = new(settings.Folder, repositories);

    /// <summary>A plan per workflow that runs, and what is wrong with those that cannot be planned. Why others do not run is told.</summary>
    public async Task<(ImmutableArray<RunPlan> Plans, ImmutableArray<Diagnostic> Problems)> PlanAsync(RunSelection selection, CancellationToken cancellationToken)
    {
        var eventName = selection.EventToRun(settings.DetectsEvent);
        var given = settings.EventFile is { } file ? EventFile.Read(Path.GetFullPath(file, settings.Folder)) : null;
        var context = GivenContext.Of(values.Env);
        if (context.Find("server_url") is { } url && !Uri.TryCreate(url, UriKind.Absolute, out _))
        {
            throw new UsageException($"--env GITHUB_SERVER_URL: '{url}' is no address, expected one such as https://github.com");
        }

        var git = await ReadGitAsync(given, context, cancellationToken);
        foreach (var name in context.Useless)
        {
            await surroundings.Error.WriteLineAsync($"runner: --env {name} has no effect: the runner sets it itself");
        }

        var origin = EventOriginReader.Read(git, settings.Folder, given, OriginFlags(), context, TimeProvider.System.GetUtcNow());
        repositories.UseCheckout(origin.Repository, git.Sha ?? EventOrigin.NoCommit, settings.Folder);
        var payload = given ?? EventPayload.Of(eventName, origin);
        var request = new RunRequest
        {
            EventName = eventName,
            Event = Data(payload),
            GitHub = context.Over(GitHubValues.Of(eventName, payload, origin)),
            Inputs = values.Inputs.IsEmpty ? null : DictionaryData.FromStrings(values.Inputs),
            Vars = [.. values.Vars],
            Env = [.. context.Environment.Where(variable => variable.Key != "ACT"), KeyValuePair.Create("ACT", "true")],
            Secrets = [.. values.Secrets],
            GitHubToken = values.GitHubToken,
            MatrixFilter = [.. MatrixFilter()],
        };
        RunRequest Of(Workflow workflow) => given is null ? request with { Event = Data(EventPayload.Of(eventName, origin, workflow)) } : request;
        var changed = HasPathFilter(selection, eventName) ? await ChangedFiles.ReadAsync(eventName, given, settings.Folder, git, origin, cancellationToken) : default;
        var picked = await PickAsync(selection, workflow => Happened(Of(workflow), isGiven: given is not null) with { ChangedPaths = changed });
        var plans = ImmutableArray.CreateBuilder<RunPlan>();
        var problems = ImmutableArray.CreateBuilder<Diagnostic>();
        foreach (var workflow in picked)
        {
            var own = Of(workflow) with
            {
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

    private async Task<GitCheckout> ReadGitAsync(JsonObject? given, GivenContext context, CancellationToken cancellationToken)
    {
        var (folder, remote) = (settings.Folder, settings.RemoteName);
        var git = await GitCheckout.ReadAsync(folder, remote, cancellationToken);
        var branch = EventOriginReader.DefaultBranch(git, given, OriginFlags());
        return (context.Find("sha") ?? git.Sha) is { } sha ? git with { History = await GitHistory.ReadAsync(git.Root ?? folder, sha, remote, branch, cancellationToken) } : git;
    }

    private OriginFlags OriginFlags() =>
        new(settings.DefaultBranch, settings.Actor, WebAddress.ReadHost("--github-instance", settings.GitHubInstance));

    private static ContextData Data(JsonObject payload) =>
        ContextDataConverter.FromPlainJson(JsonSerializer.SerializeToElement(payload, JsonLines.Options));

    // A job that is named runs whatever happened.
    private async Task<List<Workflow>> PickAsync(RunSelection selection, Func<Workflow, TriggeringEvent> happened)
    {
        var picked = new List<Workflow>();
        foreach (var workflow in selection.Workflows)
        {
            if (selection.Job is { } job ? workflow.FindJob(job) is not null : await RunsAsync(workflow, happened(workflow)))
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
        var reading = await CalledWorkflows.LoadAsync(workflow, _called, settings.Show.IsStrict ? WorkflowReadOptions.Default : WorkflowReadOptions.Run, cancellationToken);
        return reading.Workflow is { } whole ? RunPlan.Create(whole, request) : new RunPlanning(null, reading.Diagnostics);
    }

    private IEnumerable<KeyValuePair<string, string>> MatrixFilter() => settings.Matrix.Select(text =>
        text.Split(':', 2) is [{ Length: > 0 } key, var value]
            ? KeyValuePair.Create(key, value)
            : throw new UsageException($"--matrix: '{text}' has no value, expected KEY:VALUE such as node:20"));
}
