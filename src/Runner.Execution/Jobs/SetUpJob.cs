using System.Collections.Immutable;
using System.Text.Json;
using Runner.Execution.Actions;
using Runner.Execution.Background;
using Runner.Execution.Containers;
using Runner.Execution.Contexts;
using Runner.Execution.Hooks;
using Runner.Execution.Reporting;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;
using Runner.Workflows.Templates;

namespace Runner.Execution.Jobs;

/// <summary>
/// The step "Set up job": tells who runs the job, prepares folders and contexts, and plans the steps (<c>worker-semantics.md</c> section
/// 1.1).
/// </summary>
internal sealed class SetUpJob(JobScope job, JobProgress progress, StepLog log, ActionPreparation preparation, StepNumbers numbers)
{
    private IReadOnlyList<string> Files => job.Message.FileTable;

    /// <summary>Does it; returns the stages that run before the job's end is near, with their records, not yet told.</summary>
    /// <exception cref="WorkflowException">The job cannot be run as its message says.</exception>
    /// <exception cref="InfrastructureException">Something outside of the workflow failed.</exception>
    public async Task<ImmutableArray<PlannedStep>> RunAsync(JobContexts contexts, CancellationToken stop)
    {
        TellRunner();
        TellPermissions();
        log.Write("Secret source: Actions");
        log.Write("Prepare workflow directory");
        PrepareFolders();
        await FillWorkspaceAsync(stop);
        TrustWorkspace();
        WriteEvent();
        EvaluateEnvironment(contexts);
        EvaluateDefaults(contexts);
        var steps = await PlanAsync(contexts, stop);
        TellCalledWorkflow();
        log.Write($"Complete job name: {job.Message.JobDisplayName}");
        return steps;
    }

    private void TellRunner()
    {
        var runner = job.Payload.Runner;
        log.Write($"Current runner version: '{runner.Version}'");
        log.Write($"Runner name: '{runner.Name}'");
        TellIfKnown("Runner group name", runner.GroupName ?? job.Message.Variable(JobVariables.RunnerGroupName));
        TellIfKnown("Machine name", runner.MachineName);
        TellGroup("Placement", runner.Placement);
        TellGroup("Times", [.. LaunchTimeline.Lines(job.Payload.Times)]);
    }

    private void TellPermissions()
    {
        if (job.Message.Variable(JobVariables.TokenPermissions) is not { Length: > 0 } json)
        {
            return;
        }

        try
        {
            using var permissions = JsonDocument.Parse(json);
            if (permissions.RootElement.ValueKind == JsonValueKind.Object)
            {
                var members = permissions.RootElement.EnumerateObject();
                TellGroup("GITHUB_TOKEN Permissions", [.. members.Select(permission => $"{permission.Name}: {permission.Value}")]);
            }
        }
        catch (JsonException)
        {
            log.Warning($"The permissions of the token cannot be shown: variable {JobVariables.TokenPermissions} is no JSON");
        }
    }

    // Of a job of a called workflow job.workflow_ref names the called file, github.workflow_ref the run's.
    private void TellCalledWorkflow()
    {
        var github = job.Message.ContextData.GetValueOrDefault("github") as DictionaryData;
        if (job.WorkflowMember("workflow_ref") is not { Length: > 0 } file || file == github?.FindText("workflow_ref"))
        {
            return;
        }

        log.Write(job.WorkflowMember("workflow_sha") is { Length: > 0 } commit ? $"Uses: {file} ({commit})" : $"Uses: {file}");
        var inputs = job.Message.ContextData.GetValueOrDefault("inputs") as DictionaryData;
        TellGroup("Inputs", [.. (inputs?.Entries ?? []).Select(input => $"{input.Key}: {ContextValues.ToValue(input.Value).ToText()}")]);
    }

    private void TellIfKnown(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            log.Write($"{name}: '{value}'");
        }
    }

    private void TellGroup(string title, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        log.WriteGroup(title, lines);
    }

    private void PrepareFolders()
    {
        try
        {
            if (job.Message.Workspace?.Clean is { } clean)
            {
                Workspace.Clean(job.Paths.Workspace, clean);
            }

            if (Directory.Exists(job.Paths.Actions))
            {
                Workspace.Empty(job.Paths.Actions);
            }

            Directory.CreateDirectory(job.Paths.Workspace);
            Directory.CreateDirectory(job.Paths.Temp);
            Directory.CreateDirectory(job.Paths.Spool);
            TryCreate(job.Paths.ToolCache);
            TryCreate(job.Paths.Home);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WorkflowException($"The folders of the job cannot be made: {error.Message}", error);
        }
    }

    private async Task FillWorkspaceAsync(CancellationToken stop)
    {
        if (job.Host.Workspace is not { } source)
        {
            return;
        }

        var file = Path.Combine(job.Paths.Spool, "checkout.tar.gz");
        try
        {
            if (await source.FetchAsync(file, stop))
            {
                var entries = Workspace.Fill(job.Paths.Workspace, file, stop);
                log.Write($"Workspace: {entries} files and folders of the checkout");
            }
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new InfrastructureException($"The checkout cannot be put into the workspace '{job.Paths.Workspace}': {error.Message}", error);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private void TrustWorkspace()
    {
        try
        {
            GitTrust.Settle(job.Paths);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.Debug($"Git cannot be told to trust the workspace: {error.Message}");
        }
    }

    // Not every job needs these two, and they may be somebody else's to make.
    private void TryCreate(string? folder)
    {
        try
        {
            if (folder is not null)
            {
                Directory.CreateDirectory(folder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.Debug($"The folder '{folder}' cannot be made: {error.Message}");
        }
    }

    private void WriteEvent()
    {
        var file = GitHubContext.EventFile(job.Paths.Temp);
        Directory.CreateDirectory(Path.GetDirectoryName(file) ?? job.Paths.Temp);
        using var stream = File.Create(file);
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        var github = job.Message.ContextData.GetValueOrDefault("github") as DictionaryData;
        ContextDataConverter.WritePlainJson(writer, github?.Find("event") ?? DictionaryData.Empty);
    }

    // The variables of the workflow come first; those of the job may use them.
    private void EvaluateEnvironment(JobContexts contexts)
    {
        foreach (var block in job.Message.EnvironmentVariables)
        {
            foreach (var (name, value) in JobTemplates.Texts(block, contexts.OfJob(), Files))
            {
                ProcessText.Check($"env: the variable '{name}'", name, value);
                progress.Shared.Set(name.Length > 0 ? name : throw new WorkflowException("env: has an entry without a name"), value);
            }
        }
    }

    // Later blocks are the job's: what they say wins over the workflow's.
    private void EvaluateDefaults(JobContexts contexts)
    {
        foreach (var block in job.Message.Defaults)
        {
            if (block is MappingToken mapping && mapping.Find("run") is { } run)
            {
                var values = JobTemplates.Texts(run, contexts.OfJob(), Files);
                progress.RunDefaults = new RunDefaults(
                    values.Find("shell") is { Length: > 0 } shell ? shell : progress.RunDefaults.Shell,
                    values.Find("working-directory") is { Length: > 0 } folder ? folder : progress.RunDefaults.WorkingDirectory);
            }
        }
    }

    private void Warn(string? problem)
    {
        if (problem is not null)
        {
            log.Warning(problem);
        }
    }

    private async Task<ImmutableArray<PlannedStep>> PlanAsync(JobContexts contexts, CancellationToken stop)
    {
        var uses = job.Message.UsableSteps.Where(step => step.Enabled == true).Select(step => new StepUse(step, parent: null)).ToList();
        foreach (var use in uses)
        {
            Warn(StepNames.NameEarly(use, contexts));
        }

        log.Write("Prepare all required actions");
        await preparation.PrepareAsync(uses, log, stop);

        return
        [
            .. JobHook.Started(job) is { } hook ? [hook.ToStep(job, numbers.Next())] : Array.Empty<PlannedStep>(),
            .. InitializeContainers.Plan(job, numbers) is { } containers ? [containers] : Array.Empty<PlannedStep>(),
            .. uses.Where(use => use.HasPre).Select(use => Plan(use, StepStage.Pre, $"Pre {use.Name}")),
            .. uses.Select(use => Plan(use, StepStage.Main, use.Name ?? string.Empty)),
            .. ImplicitWait.For(uses) is { } wait ? [Plan(wait, StepStage.Main, wait.Name ?? string.Empty)] : Array.Empty<PlannedStep>(),
        ];
    }

    private PlannedStep Plan(StepUse use, StepStage stage, string name) =>
        new(use, stage, StepReport.OfStage(job, use, stage, numbers.Next(), name));
}
