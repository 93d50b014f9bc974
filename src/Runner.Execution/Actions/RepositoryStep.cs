using Runner.Execution.Containers;
using Runner.Execution.Node;
using Runner.Execution.Reporting;
using Runner.Execution.Steps;
using Runner.Workflows.Model.Actions;

namespace Runner.Execution.Actions;

/// <summary>Runs a step that uses an action of a repository or of the workspace.</summary>
/// <remarks>1. What was not read when the job was set up, as a local action, is read. 2. Its post stage is registered. 3. Inputs and header. 4. The action, by its kind.</remarks>
internal sealed class RepositoryStep(
    ActionPreparation preparation, PostSteps posts, JavaScriptAction scripts, CompositeAction composites, ContainerAction containers) : IStepAction
{
    /// <inheritdoc/>
    public async Task<bool> RunAsync(StepRun run, CancellationToken stop)
    {
        // Step 1.
        if (run.Use.Action is null)
        {
            await preparation.PrepareLateAsync(run.Use, run.Scope.Log, stop);
            WarnOfLocalPre(run.Use, run.Scope.Log);
        }

        // Not null: it was read then, or now.
        var action = run.Use.Action!;

        // Step 2.
        if (run.Stage != StepStage.Post && HasPost(action.Runs))
        {
            posts.Register(run.Use);
        }

        // Step 3.
        run.Members.SetSource(action.Repository?.Name, action.Repository?.Ref);
        run = run.WithMembers();
        var inputs = ActionInputs.Evaluate(run);
        ActionHeader.Write(run, inputs);

        // Step 4.
        return action.Runs switch
        {
            JavaScriptRuns runs => await scripts.RunAsync(run, action, runs, inputs, stop),
            DockerRuns runs => await containers.RunAsync(run, action, runs, inputs, stop),
            CompositeRuns => await composites.RunAsync(run, action, inputs, stop),
            _ => throw new InvalidOperationException($"{action.Runs.GetType().Name} has nobody who runs it"),
        };
    }

    private static bool HasPost(ActionRuns runs) => runs is JavaScriptRuns { Post: not null } or DockerRuns { PostEntrypoint: not null };

    private static void WarnOfLocalPre(StepUse use, StepLog log)
    {
        if (use.Action?.Runs is JavaScriptRuns { Pre: not null } or DockerRuns { PreEntrypoint: not null })
        {
            log.Warning($"`pre` execution is not supported for local action from '{use.Step.Reference?.Path}'");
        }
    }
}
