using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;
using Runner.Cli.Listing;
using Runner.Cli.Repositories;
using Runner.Cli.Values;
using Runner.Cli.Watching;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Calls;
using Runner.Workflows.Planning;

namespace Runner.Cli.Commands;

/// <summary><c>runner [event]</c>: what act does. It is the program itself, not one of its commands.</summary>
internal static class RunCommand
{
    /// <summary>Adds the argument and the flags to the program.</summary>
    public static void AddTo(RootCommand root, CliSurroundings surroundings)
    {
        var (flags, foreign, reports) = (new RunFlags(), new ForeignFlags(), new ReportFlags());
        root.Arguments.Add(flags.Event);
        flags.Event.Validators.Add(argument => RefuseFlag(argument, root, "runner"));
        foreach (var option in flags.All.Concat(reports.All))
        {
            root.Options.Add(option);
        }

        foreach (var flag in foreign.All)
        {
            // The help is for what does something; docs/running-locally.md has the others.
            flag.Option.Hidden = true;
            root.Options.Add(flag.Option);
        }

        root.SetAction(async (result, cancellationToken) =>
        {
            foreach (var flag in foreign.All.Where(flag => result.GetResult(flag.Option) is { Implicit: false }))
            {
                await surroundings.Error.WriteLineAsync($"runner: {flag.Option.Name} has no effect: {flag.Why}");
            }

            return await ProgramReports.TryWriteAsync(result, reports, surroundings)
                ? ExitCodes.Success
                : await RunOrWatchAsync(result, flags, surroundings, cancellationToken);
        });
    }

    /// <summary>Refuses what looks like a flag: one that is not known would else be taken for the event.</summary>
    internal static void RefuseFlag(ArgumentResult argument, Command command, string path)
    {
        if (argument.Tokens is [{ Value: ['-', ..] flag }])
        {
            argument.AddError(UsageErrors.UnknownFlag(flag, command, path));
        }
    }

    private static Task<int> RunOrWatchAsync(ParseResult result, RunFlags flags, CliSurroundings surroundings, CancellationToken cancellationToken)
    {
        if (!result.GetValue(flags.Watch))
        {
            return RunAsync(result, flags, surroundings, plansOnly: false, cancellationToken);
        }

        var asked = new Dictionary<string, string?>(StringComparer.Ordinal);
        var remembering = surroundings with { AskSecret = name => asked.TryGetValue(name, out var answer) ? answer : asked[name] = surroundings.AskSecret(name) };
        string?[] written =
        [
            .. surroundings.OutputFiles,
            .. new[] { flags.Services.ArtifactPath, flags.Services.CachePath, flags.Repositories.CachePath }
                .Select(flag => result.GetValue(flag) is { } path ? Path.GetFullPath(path, surroundings.WorkingFolder) : null),
        ];
        var watch = new CheckoutWatch(FolderOf(result, flags, surroundings), [.. written.OfType<string>()], TimeProvider.System);
        return new WatchedRuns(watch, result.GetValue(flags.Bind), surroundings)
            .RunAsync(() => RunAsync(result, flags, remembering, plansOnly: false, cancellationToken));
    }

    private static string FolderOf(ParseResult result, RunFlags flags, CliSurroundings surroundings) =>
        Path.GetFullPath(result.GetRequiredValue(flags.Folder), surroundings.WorkingFolder);

    /// <summary>Reads, selects and plans by the flags, and runs the plans or shows them; gives the exit code.</summary>
    internal static async Task<int> RunAsync(
        ParseResult result, RunFlags flags, CliSurroundings surroundings, bool plansOnly, CancellationToken cancellationToken)
    {
        if (result.Tokens.Count == 0 && !Directory.Exists(Path.Combine(surroundings.WorkingFolder, RunFlags.DefaultWorkflows)))
        {
            return new HelpAction().Invoke(result);
        }

        var folder = FolderOf(result, flags, surroundings);
        var commands = result.RootCommandResult.Command.Subcommands.Select(command => command.Name).ToList();
        var readings = Read(result, flags, folder, commands);
        if (result.GetValue(flags.Validate) || result.GetValue(flags.Strict))
        {
            readings = await CheckCallsAsync(readings, folder, RunOptions(result, flags), cancellationToken);
        }

        var mistakes = readings.SelectMany(reading => reading.Diagnostics).ToList();
        await TellAsync(mistakes, surroundings);

        var selection = new RunSelection([.. readings.Select(reading => reading.Workflow).OfType<Workflow>()], result.GetValue(flags.Event), result.GetValue(flags.Job));
        if (result.GetValue(flags.Validate))
        {
            return mistakes.Count == 0 ? ExitCodes.Success : ExitCodes.Usage;
        }

        if (result.GetValue(flags.List) || result.GetValue(flags.Graph))
        {
            Show(result, flags, surroundings, selection.Jobs(commands));
            return mistakes.Count == 0 ? ExitCodes.Success : ExitCodes.Usage;
        }

        if (mistakes.Count > 0 && (result.GetValue(flags.Strict) || selection.Workflows.IsEmpty || !selection.IsThere))
        {
            await surroundings.Error.WriteLineAsync("runner: nothing is run before these mistakes are mended");
            return ExitCodes.Usage;
        }

        selection.CheckEvent(commands, result.GetValue(flags.DetectEvent));
        if (mistakes.Count > 0)
        {
            await surroundings.Error.WriteLineAsync("runner: workflows with mistakes are left out, and the exit code will not be 0 for it");
        }

        var values = RunValues.Read(result, flags, surroundings, folder);
        var repositories = new LocalRunRepositories(RepositorySettings.Read(result, flags, surroundings, values.GitHubToken));
        var (plans, problems) = await new LocalRunRequests(result, flags, surroundings, folder, values, repositories).PlanAsync(selection, cancellationToken);
        await TellAsync(problems, surroundings);
        mistakes.AddRange(problems);
        if (!problems.IsEmpty && (result.GetValue(flags.Strict) || plans.IsEmpty))
        {
            await surroundings.Error.WriteLineAsync("runner: nothing is run before these mistakes are mended");
            return ExitCodes.Usage;
        }

        foreach (var warning in result.GetValue(flags.Quiet) ? [] : plans.SelectMany(plan => plan.Workflow.Warnings).Distinct())
        {
            await surroundings.Error.WriteLineAsync(DiagnosticText.Line(warning, Severity.Warning));
        }

        var notes = plans.SelectMany(plan => plan.Workflow.Notes).Where(note => !note.IsEmulation || result.GetValue(flags.Verbose));
        foreach (var note in result.GetValue(flags.Quiet) ? [] : notes)
        {
            await surroundings.Error.WriteLineAsync(DiagnosticText.Line(note, Severity.Note));
        }

        if (plans.IsEmpty)
        {
            // As on GitHub nothing happens then, and nothing failed.
            await surroundings.Error.WriteLineAsync("runner: no workflow runs for this event");
            return mistakes.Count == 0 ? ExitCodes.Success : ExitCodes.Usage;
        }

        if (plansOnly || result.GetValue(flags.DryRun))
        {
            ShowPlans(result, flags, surroundings, plans);
            if (!plansOnly && result.GetValue(flags.DebugScheduling))
            {
                new PlannedPods(result, flags, surroundings, values).Write(plans);
            }

            var fails = plans.SelectMany(RunPreview.Of).Any(preview => preview.Ended?.Conclusion == Conclusion.Failed);
            return mistakes.Count == 0 && !fails ? ExitCodes.Success : ExitCodes.Usage;
        }

        // GitHub runs the others too, and shows the broken one as failed: so is the whole.
        var code = await new LocalRuns(result, flags, surroundings, folder, values, repositories).RunAsync(plans);
        return code == ExitCodes.Success && mistakes.Count > 0 ? ExitCodes.Usage : code;
    }

    private static ImmutableArray<WorkflowReading> Read(ParseResult result, RunFlags flags, string folder, List<string> commands)
    {
        var path = result.GetRequiredValue(flags.Workflows);
        if (result.GetValue(flags.Event) is { } name && !Path.Exists(Path.Combine(folder, path)) && NearestName.Find(name, commands) is { } command)
        {
            throw new UsageException($"unknown command '{name}'; did you mean '{command}'?");
        }

        return Listing.WorkflowFiles.Read(folder, path, recurse: !result.GetValue(flags.NoRecurse), RunOptions(result, flags));
    }

    // A key that is newer than our grammar stops no run, unless whoever starts it is strict or only checks.
    private static WorkflowReadOptions RunOptions(ParseResult result, RunFlags flags) =>
        result.GetValue(flags.Strict) || result.GetValue(flags.Validate) ? WorkflowReadOptions.Default : WorkflowReadOptions.Run;

    private static async Task<ImmutableArray<WorkflowReading>> CheckCallsAsync(
        ImmutableArray<WorkflowReading> readings, string folder, WorkflowReadOptions options, CancellationToken cancellationToken)
    {
        var checkout = new CheckoutWorkflows(folder);
        var whole = ImmutableArray.CreateBuilder<WorkflowReading>(readings.Length);
        foreach (var reading in readings)
        {
            var calls = reading.Workflow is { } workflow
                ? (await CalledWorkflows.LoadAsync(workflow, checkout, options, cancellationToken)).Diagnostics
                : [];
            whole.Add(calls.IsEmpty ? reading : new WorkflowReading(null, calls));
        }

        return whole.MoveToImmutable();
    }

    private static async Task TellAsync(IEnumerable<Diagnostic> mistakes, CliSurroundings surroundings)
    {
        foreach (var mistake in mistakes)
        {
            await surroundings.Error.WriteLineAsync(DiagnosticText.Line(mistake));
        }
    }

    private static void ShowPlans(ParseResult result, RunFlags flags, CliSurroundings surroundings, ImmutableArray<RunPlan> plans)
    {
        if (result.GetValue(flags.Json))
        {
            PlanJson.Write(surroundings, plans);
        }
        else
        {
            DryRun.Write(surroundings, plans);
        }
    }

    private static void Show(ParseResult result, RunFlags flags, CliSurroundings surroundings, ImmutableArray<ListedJob> jobs)
    {
        if (result.GetValue(flags.Graph))
        {
            JobGraph.Write(surroundings, jobs);
        }
        else if (result.GetValue(flags.Json))
        {
            JobList.WriteJson(surroundings, jobs);
        }
        else
        {
            JobList.Write(surroundings, jobs);
        }
    }
}
