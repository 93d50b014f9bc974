using System.Collections.Immutable;
using System.Text.Json;
using Runner.Execution.Contexts;
using Runner.Execution.Reporting;
using Runner.Execution.Steps;
using Runner.Expressions;
using Runner.Jobs;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;

namespace Runner.Execution.Jobs;

/// <summary>
/// The step "Set up job": tells who runs the job, prepares folders and contexts, and plans the steps (<c>worker-semantics.md</c> section
/// 1.1).
/// </summary>
internal sealed class SetUpJob(JobScope job, StepLog log)
{
    private IReadOnlyList<string> Files => job.Message.FileTable;

    /// <summary>Does it; returns the steps with their records, numbered from 2, not yet told.</summary>
    /// <exception cref="WorkflowException">The job cannot be run as its message says.</exception>
    public ImmutableArray<PlannedStep> Run(JobContexts contexts)
    {
        TellRunner();
        TellPermissions();
        log.Write("Secret source: Actions");
        log.Write("Prepare workflow directory");
        PrepareFolders();
        WriteEvent();
        EvaluateEnvironment(contexts);
        EvaluateDefaults(contexts);
        var steps = Plan(contexts);
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
        TellHooks();
        TellGroup("Times", [.. LaunchTimeline.Lines(job.Payload.Times)]);
    }

    private void TellHooks()
    {
        foreach (var hook in (string[])["ACTIONS_RUNNER_HOOK_JOB_STARTED", "ACTIONS_RUNNER_HOOK_JOB_COMPLETED"])
        {
            if (job.Host.Environment.GetValueOrDefault(hook) is { Length: > 0 } file)
            {
                log.Warning($"Job hooks are not supported by this version of the runner: '{file}' ({hook}) is not run.");
            }
        }
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

        log.Write($"##[group]{title}");
        foreach (var line in lines)
        {
            log.Write(line);
        }

        log.Write("##[endgroup]");
    }

    private void PrepareFolders()
    {
        try
        {
            if (job.Message.Workspace?.Clean is { } clean)
            {
                Workspace.Clean(job.Paths.Workspace, clean);
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
                job.SetEnvironment(name.Length > 0 ? name : throw new WorkflowException("env: has an entry without a name"), value);
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
                job.RunDefaults = new RunDefaults(
                    values.Find("shell") is { Length: > 0 } shell ? shell : job.RunDefaults.Shell,
                    values.Find("working-directory") is { Length: > 0 } folder ? folder : job.RunDefaults.WorkingDirectory);
            }
        }
    }

    private ImmutableArray<PlannedStep> Plan(JobContexts contexts)
    {
        var visible = contexts.OfJob();
        var number = 1;
        var steps = job.Message.UsableSteps.Where(step => step.Enabled == true);
        return [.. steps.Select(step => new PlannedStep(step, Report(step, ++number, visible)))];
    }

    private StepReport Report(JobStep step, int number, EvaluationContext visible) => new(job, new StepRecord
    {
        Id = step.Id == default ? StepId.New() : step.Id,
        Number = number,
        Name = StepNames.Early(step, visible, job),
        Type = step.Reference?.Type switch
        {
            ActionSource.Script => "run",
            ActionSource.ContainerRegistry => "docker",
            _ => "repository",
        },
        ActionName = step.Reference?.Type == ActionSource.Script ? null : step.Reference?.Name ?? step.Reference?.Image,
        Ref = step.Reference?.Ref,
    });
}
