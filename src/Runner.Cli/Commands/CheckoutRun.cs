using System.Collections.Immutable;
using Runner.Cli.CommandLine;
using Runner.Cli.Listing;
using Runner.Cli.Repositories;
using Runner.Cli.Settings;
using Runner.Cli.Values;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Calls;
using Runner.Workflows.Planning;

namespace Runner.Cli.Commands;

/// <summary>One pass over a checkout: its workflows are read and checked, those of the event are planned, and run or shown.</summary>
/// <param name="settings">The command line.</param>
/// <param name="surroundings">The process.</param>
/// <param name="commands">Names of the program's commands and switches, for events that are none.</param>
internal sealed class CheckoutRun(RunSettings settings, CliSurroundings surroundings, IReadOnlyList<string> commands)
{
    private const string NothingRuns = "runner: nothing is run before these mistakes are mended";

    private readonly List<Diagnostic> _mistakes = [];

    private ShowFlagValues Show => settings.Show;

    // A key that is newer than our grammar stops no run, unless whoever starts it is strict or only checks.
    private WorkflowReadOptions ReadOptions => Show.IsStrict || Show.ValidatesOnly ? WorkflowReadOptions.Default : WorkflowReadOptions.Run;

    private int CodeOfMistakes => _mistakes.Count == 0 ? ExitCodes.Success : ExitCodes.Usage;

    /// <summary>Does it; gives the exit code.</summary>
    /// <exception cref="UsageException">What is asked for is not there.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var selection = await SelectAsync(cancellationToken);
        if (Show.ValidatesOnly)
        {
            return CodeOfMistakes;
        }

        if (Show.Lists || Show.DrawsGraph)
        {
            ShowJobs(selection.Jobs(commands));
            return CodeOfMistakes;
        }

        if (_mistakes.Count > 0 && (Show.IsStrict || selection.Workflows.IsEmpty || !selection.IsThere))
        {
            await surroundings.Error.WriteLineAsync(NothingRuns);
            return ExitCodes.Usage;
        }

        selection.CheckEvent(commands, settings.DetectsEvent);
        if (_mistakes.Count > 0)
        {
            await surroundings.Error.WriteLineAsync("runner: workflows with mistakes are left out, and the exit code will not be 0 for it");
        }

        var values = RunValues.Read(settings, surroundings);
        var repositories = new LocalRunRepositories(RepositorySettings.Of(settings, surroundings, values.GitHubToken));
        var (plans, problems) = await new LocalRunRequests(settings, surroundings, values, repositories).PlanAsync(selection, cancellationToken);
        await TakeAsync(problems);
        if (!problems.IsEmpty && (Show.IsStrict || plans.IsEmpty))
        {
            await surroundings.Error.WriteLineAsync(NothingRuns);
            return ExitCodes.Usage;
        }

        await WriteNotesAsync(plans);
        if (plans.IsEmpty)
        {
            // As on GitHub nothing happens then, and nothing failed.
            await surroundings.Error.WriteLineAsync("runner: no workflow runs for this event");
            return CodeOfMistakes;
        }

        if (Show.PlansOnly)
        {
            return ShowPlans(plans, values);
        }

        // GitHub runs the others too, and shows the broken one as failed: so is the whole.
        var code = await new LocalRuns(settings, surroundings, values, repositories).RunAsync(plans);
        return code == ExitCodes.Success ? CodeOfMistakes : code;
    }

    private async Task<RunSelection> SelectAsync(CancellationToken cancellationToken)
    {
        if (settings.Event is { } name && !Path.Exists(Path.Combine(settings.Folder, settings.Workflows)) && NearestName.Find(name, commands) is { } command)
        {
            throw new UsageException($"unknown command '{name}'; did you mean '{command}'?");
        }

        var readings = Listing.WorkflowFiles.Read(settings.Folder, settings.Workflows, settings.Recurses, ReadOptions);
        if (Show.ValidatesOnly || Show.IsStrict)
        {
            readings = await CheckCallsAsync(readings, cancellationToken);
        }

        await TakeAsync(readings.SelectMany(reading => reading.Diagnostics));
        return new RunSelection([.. readings.Select(reading => reading.Workflow).OfType<Workflow>()], settings.Event, settings.Job);
    }

    private async Task<ImmutableArray<WorkflowReading>> CheckCallsAsync(ImmutableArray<WorkflowReading> readings, CancellationToken cancellationToken)
    {
        var checkout = new CheckoutWorkflows(settings.Folder);
        var whole = ImmutableArray.CreateBuilder<WorkflowReading>(readings.Length);
        foreach (var reading in readings)
        {
            var calls = reading.Workflow is { } workflow
                ? (await CalledWorkflows.LoadAsync(workflow, checkout, ReadOptions, cancellationToken)).Diagnostics
                : [];
            whole.Add(calls.IsEmpty ? reading : new WorkflowReading(null, calls));
        }

        return whole.MoveToImmutable();
    }

    private async Task TakeAsync(IEnumerable<Diagnostic> mistakes)
    {
        foreach (var mistake in mistakes)
        {
            _mistakes.Add(mistake);
            await surroundings.Error.WriteLineAsync(DiagnosticText.Line(mistake));
        }
    }

    private async Task WriteNotesAsync(ImmutableArray<RunPlan> plans)
    {
        if (Show.IsQuiet)
        {
            return;
        }

        foreach (var warning in plans.SelectMany(plan => plan.Workflow.Warnings).Distinct())
        {
            await surroundings.Error.WriteLineAsync(DiagnosticText.Line(warning, Severity.Warning));
        }

        foreach (var note in plans.SelectMany(plan => plan.Workflow.Notes).Where(note => !note.IsEmulation || Show.IsVerbose))
        {
            await surroundings.Error.WriteLineAsync(DiagnosticText.Line(note, Severity.Note));
        }
    }

    private int ShowPlans(ImmutableArray<RunPlan> plans, RunValues values)
    {
        if (Show.IsJson)
        {
            PlanJson.Write(surroundings, plans);
        }
        else
        {
            DryRun.Write(surroundings, plans);
        }

        if (settings.DebugsScheduling)
        {
            new PlannedPods(settings, surroundings, values).Write(plans);
        }

        var fails = plans.SelectMany(RunPreview.Of).Any(preview => preview.Ended?.Conclusion == Conclusion.Failed);
        return fails ? ExitCodes.Usage : CodeOfMistakes;
    }

    private void ShowJobs(ImmutableArray<ListedJob> jobs)
    {
        if (Show.DrawsGraph)
        {
            JobGraph.Write(surroundings, jobs);
        }
        else if (Show.IsJson)
        {
            JobList.WriteJson(surroundings, jobs);
        }
        else
        {
            JobList.Write(surroundings, jobs);
        }
    }
}
