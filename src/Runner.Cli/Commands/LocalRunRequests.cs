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
using Runner.Jobs.Tokens;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Calls;
using Runner.Workflows.Planning;
using Runner.Workflows.Planning.Triggers;

namespace Runner.Cli.Commands;

/// <summary>Plans the runs that an event starts in a checkout, by the flags.</summary>
internal sealed class LocalRunRequests(
    ParseResult result, RunFlags flags, CliSurroundings surroundings, string folder, RunValues values, LocalRunRepositories repositories)
{
    /// <summary>A plan per workflow that runs. Why others do not is told.</summary>
    /// <exception cref="UsageException">A workflow cannot be planned.</exception>
    public async Task<ImmutableArray<RunPlan>> PlanAsync(RunSelection selection, CancellationToken cancellationToken)
    {
        var eventName = selection.EventToRun(result.GetValue(flags.DetectEvent));
        var given = result.GetValue(flags.EventFile) is { } file ? EventFile.Read(Path.GetFullPath(file, folder)) : null;
        var git = await GitCheckout.ReadAsync(folder, result.GetRequiredValue(flags.RemoteName), cancellationToken);
        var origin = EventOriginReader.Read(git, folder, given, new OriginFlags(
            result.GetValue(flags.DefaultBranch), result.GetValue(flags.Actor), result.GetRequiredValue(flags.GitHubInstance)));
        var payload = given ?? EventPayload.Default(eventName, origin, values.Inputs);
        var request = new RunRequest
        {
            EventName = eventName,
            Event = ContextDataConverter.FromPlainJson(JsonSerializer.SerializeToElement(payload, JsonSerializerOptions.Default)),
            GitHub = GitHubValues.Of(eventName, payload, origin),
            Inputs = values.Inputs.IsEmpty ? null : DictionaryData.FromStrings(values.Inputs),
            Vars = [.. values.Vars],
            Secrets = [.. values.Secrets],
            MatrixFilter = [.. MatrixFilter()],
        };
        var happened = Happened(request, isGiven: given is not null);
        var plans = ImmutableArray.CreateBuilder<RunPlan>();
        foreach (var workflow in selection.Workflows)
        {
            if (selection.Job is null ? await RunsAsync(workflow, happened) : workflow.FindJob(selection.Job) is not null)
            {
                plans.Add(await PlanAsync(selection.Reduce(workflow), request, cancellationToken));
            }
        }

        return plans.ToImmutable();
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

    private async Task<RunPlan> PlanAsync(Workflow workflow, RunRequest request, CancellationToken cancellationToken)
    {
        var reading = await CalledWorkflows.LoadAsync(
            workflow, new RunWorkflows(folder, repositories), WorkflowReadOptions.Default, cancellationToken);
        if (reading.Workflow is not { } complete)
        {
            throw new UsageException(string.Join(Environment.NewLine, reading.Diagnostics));
        }

        var planning = RunPlan.Create(WithEnvironment(complete), request);
        return planning.Plan ?? throw new UsageException(string.Join(Environment.NewLine, planning.Diagnostics));
    }

    // Under the workflow's own: what it sets wins.
    private Workflow WithEnvironment(Workflow workflow)
    {
        var given = values.Env.SetItem("ACT", "true").Select(variable => new MappingEntry(new StringToken(variable.Key), new StringToken(variable.Value)));
        return workflow with { Env = new MappingToken([.. given, .. (workflow.Env as MappingToken)?.Entries ?? []]) };
    }

    private IEnumerable<KeyValuePair<string, string>> MatrixFilter() => (result.GetValue(flags.Matrix) ?? []).Select(text =>
        text.Split(':', 2) is [{ Length: > 0 } key, var value]
            ? KeyValuePair.Create(key, value)
            : throw new UsageException($"--matrix: '{text}' has no value, expected KEY:VALUE such as node:20"));
}
