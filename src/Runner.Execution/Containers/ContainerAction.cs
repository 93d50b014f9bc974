using System.Collections.Immutable;
using Runner.Execution.Contexts;
using Runner.Execution.Output;
using Runner.Execution.Processes;
using Runner.Execution.Repositories;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Expressions.Values;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;
using Runner.Workflows.Model.Actions;

namespace Runner.Execution.Containers;

/// <summary>Runs container actions: a step that uses an image, or a stage of an action with <c>using: docker</c>.</summary>
internal sealed class ContainerAction(JobScope job, JobProgress progress, ExitCodeFile exitCodes) : IStepAction
{
    private const string ImagePrefix = "docker://";

    private readonly ContainerPaths _paths = new(job.Paths);

    /// <summary>Runs a step with <c>uses: docker://image</c>.</summary>
    public Task<bool> RunAsync(StepRun run, CancellationToken stop)
    {
        var inputs = ActionInputs.Evaluate(run);
        ActionHeader.Write(run, inputs);
        var request = Request(run, new ContainerImage { Image = run.Step.Reference?.Image ?? string.Empty }, inputs) with
        {
            Entrypoint = Given(inputs, "entryPoint"),
            CommandLine = Given(inputs, "args"),
        };
        return RunAsync(run, request, stop);
    }

    /// <summary>Runs a stage of an action.</summary>
    public Task<bool> RunAsync(
        StepRun run, LoadedAction action, DockerRuns runs, IReadOnlyDictionary<string, string> inputs, CancellationToken stop)
    {
        var contexts = InputsOnly(run, inputs);
        var files = action.Manifest.FileTable;
        var request = Request(run, SourceOf(action, runs), inputs);
        return RunAsync(
            run,
            request with
            {
                Entrypoint = run.Stage switch
                {
                    StepStage.Pre => runs.PreEntrypoint,
                    StepStage.Post => runs.PostEntrypoint,
                    _ => runs.Entrypoint ?? Given(inputs, "entryPoint"),
                },
                Arguments = runs.Args is null ? [] : JobTemplates.List(runs.Args, contexts, files),
                CommandLine = runs.Args is null ? Given(inputs, "args") : null,
                Environment = AddMissing(request.Environment, JobTemplates.Texts(runs.Env, contexts, files)),
            },
            stop);
    }

    private async Task<bool> RunAsync(StepRun run, ContainerRequest request, CancellationToken stop)
    {
        var containers = job.Host.Containers ?? throw new WorkflowException(
            $"{DisplayNames.OfReference(run.Step.Reference)} runs in a container, and whoever started this job cannot run containers beside it");
        foreach (var (name, value) in request.Environment)
        {
            ProcessText.Check($"The variable '{name}'", name, value);
        }

        SharedFolders.Open(request.Mounts, run.CommandFiles);

        // What the container names by its own paths is found by ours.
        run.Scope.ToWorkerPath = _paths.ToWorker;
        var lines = new LineCutter(new StepOutput(run.Scope));
        progress.NoteProcessStart();
        var end = await containers.RunAsync(request, lines, stop);
        lines.End();
        exitCodes.Note(run, ProcessExit.ByCode(end.ExitCode));
        if (end.Message is { Length: > 0 } message)
        {
            run.Scope.Log.Error(message);
        }

        run.Scope.Log.Debug($"Docker Action run completed with exit code {end.ExitCode}");
        return end.ExitCode == 0;
    }

    private ContainerRequest Request(StepRun run, ContainerSource source, IReadOnlyDictionary<string, string> inputs)
    {
        var environment = StepEnvironment.OfContainer(run, inputs);
        environment["HOME"] = ContainerPaths.Home;
        return new ContainerRequest
        {
            StepName = run.Task.Name,
            Source = source,
            Environment = environment.ToImmutableSortedDictionary(
                variable => variable.Key, variable => _paths.ToContainer(variable.Value), StringComparer.Ordinal),
            WorkingDirectory = ContainerPaths.Workspace,
            Mounts = _paths.Mounts,
        };
    }

    private static ContainerSource SourceOf(LoadedAction action, DockerRuns runs)
    {
        if (runs.Image.StartsWith(ImagePrefix, StringComparison.OrdinalIgnoreCase))
        {
            return new ContainerImage { Image = runs.Image[ImagePrefix.Length..] };
        }

        ProcessText.Check($"'image' of {action.Manifest.Path}", runs.Image);
        var file = Path.GetFullPath(Path.Combine(action.Folder, runs.Image));
        var name = Path.GetFileName(file);
        var isDockerfile = name.EndsWith("Dockerfile", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Dockerfile.", StringComparison.OrdinalIgnoreCase);
        return (isDockerfile, File.Exists(file)) switch
        {
            (true, true) => new ContainerBuild { Context = Path.GetDirectoryName(file) ?? action.Folder, Dockerfile = name },
            (true, false) => throw new WorkflowException($"File not found: '{file}', which is 'image' of {action.Manifest.Path}"),
            _ => throw new WorkflowException(
                $"'{runs.Image}' should be either '[path]/Dockerfile' or 'docker://image[:tag]': 'image' of {action.Manifest.Path}"),
        };
    }

    private static EvaluationContext InputsOnly(StepRun run, IReadOnlyDictionary<string, string> inputs)
    {
        var values = inputs.Select(input => KeyValuePair.Create<string, Value>(input.Key, new StringValue(input.Value)));
        return run.Contexts with { Contexts = new Dictionary<string, Value> { ["inputs"] = new ObjectValue(values) } };
    }

    private ImmutableSortedDictionary<string, string> AddMissing(
        ImmutableSortedDictionary<string, string> environment, ImmutableArray<KeyValuePair<string, string>> more)
    {
        foreach (var (name, value) in more)
        {
            environment = environment.ContainsKey(name) ? environment : environment.Add(name, _paths.ToContainer(value));
        }

        return environment;
    }

    private static string? Given(IReadOnlyDictionary<string, string> inputs, string name) =>
        inputs.FirstOrDefault(input => input.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value is { Length: > 0 } value ? value : null;
}
