using Runner.Execution.Repositories;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Jobs.Errors;
using Runner.Workflows.Model.Actions;

namespace Runner.Execution.Node;

/// <summary>Runs a stage of a JavaScript action by Node.js (<c>worker-semantics.md</c> section 10.1).</summary>
internal sealed class JavaScriptAction(JobScope job, JobProgress progress, StepProcess process, NodeFinder nodes)
{
    private const string WithoutMaglev = "ACTIONS_RUNNER_DISABLE_NODE_MAGLEV";
    private const string OldVersionFeature = "actions.runner.warnonnode20";

    /// <summary>Runs it; a failure has no text of its own, as GitHub's runner has none.</summary>
    public async Task<bool> RunAsync(
        StepRun run, LoadedAction action, JavaScriptRuns runs, IReadOnlyDictionary<string, string> inputs, CancellationToken stop)
    {
        var script = ScriptOf(run, action, runs);
        var version = NodeVersion.Of(runs.Using, job.Message, progress.Shared.Variables, job.Host.Environment, job.Host.Architecture);

        // GitHub ended Node.js 20 in September 2026: where there is none, 24 does, as on GitHub's own runners.
        var node = await nodes.FindAsync(version.Major == 20 ? [20, 24] : [version.Major], stop);
        Warn(run, runs, version, node);
        var environment = StepEnvironment.Of(run, StepKind.JavaScript, inputs);
        environment.Remove("NODE_ICU_DATA"); // Node.js does not start where it names a folder of another version
        string[] arguments = node.Major == 24 && run.Scope.Allows(WithoutMaglev) ? ["--no-maglev", script] : [script];
        var exit = await process.RunAsync(run, node.Path, arguments, job.Paths.Workspace, environment, stop);
        run.Scope.Log.Debug($"Node Action run completed with exit code {exit.Code}");
        return exit.Code == 0;
    }

    private static string ScriptOf(StepRun run, LoadedAction action, JavaScriptRuns runs)
    {
        var name = run.Stage switch
        {
            StepStage.Pre => runs.Pre,
            StepStage.Post => runs.Post,
            _ => runs.Main,
        };
        var file = Path.Combine(action.Folder, name ?? throw new ArgumentException($"The action has no {run.Stage} stage", nameof(run)));
        return File.Exists(file) ? file : throw new WorkflowException($"File not found: '{file}', which is '{name}' of {action.Manifest.Path}");
    }

    private void Warn(StepRun run, JavaScriptRuns runs, NodeVersion version, FoundNode node)
    {
        if (version.Warning is { } warning)
        {
            run.Scope.Log.Warning(warning);
        }

        if (version.IsOldAskedFor && node.Major != version.Major)
        {
            run.Scope.Log.Warning($"{NodeVersion.AllowOld} asks for Node.js {version.Major}, which this runner does not have: Node.js {node.Major} runs the action");
        }

        if (node.Major == 20 && run.Stage == StepStage.Main && job.Message.IsFeatureOn(OldVersionFeature))
        {
            run.Scope.Log.Warning(
                $"Node.js 20 actions are deprecated. {DisplayNames.OfReference(run.Step.Reference)} ({runs.Using}) should be updated to Node.js 24.");
        }
    }
}
