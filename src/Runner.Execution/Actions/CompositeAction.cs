using Runner.Execution.Contexts;
using Runner.Execution.Repositories;
using Runner.Execution.Steps;
using Runner.Expressions.Values;
using Runner.Jobs.Outcomes;
using Runner.Workflows.Model.Actions;

namespace Runner.Execution.Actions;

/// <summary>Runs a stage of a composite action: its steps, at a level of their own (<c>worker-semantics.md</c> section 10.2).</summary>
internal sealed class CompositeAction(Func<StepTask, CancellationToken, Task<StepEnd>> runStep)
{
    /// <summary>
    /// Main: all steps in order, then the outputs. Pre: those that have one, in order. Post: those that started, the last one first. The steps
    /// write into the log of the step around them.
    /// </summary>
    public async Task<bool> RunAsync(StepRun run, LoadedAction action, IReadOnlyDictionary<string, string> inputs, CancellationToken stop)
    {
        var values = inputs.Select(input => KeyValuePair.Create<string, Value>(input.Key, new StringValue(input.Value)));
        var level = StepLevel.OfComposite(run, action, new ObjectValue(values));
        foreach (var use in StepsOf(run))
        {
            if (stop.IsCancellationRequested)
            {
                return false;
            }

            var task = run.Task with { Use = use, Level = level, Name = DisplayNames.OfStep(use.Step) };
            var marks = CompositeMarks.Start(task);
            var end = await runStep(task, stop);
            marks?.End(end);
            level.TakeIn(end.Conclusion);
            if (end.IsUnrunnable)
            {
                break;
            }
        }

        if (run.Stage == StepStage.Main)
        {
            SetOutputs(run, level, action.Manifest);
        }

        return level.Result is Conclusion.Succeeded;
    }

    private static IEnumerable<StepUse> StepsOf(StepRun run) => run.Stage switch
    {
        StepStage.Pre => run.Use.Inner.Where(use => use.HasPre),
        StepStage.Post => run.Use.Inner.Reverse().Where(use => use.HasPostToRun),
        _ => run.Use.Inner,
    };

    // Also after a failure: what the steps before it gave may be wanted.
    private static void SetOutputs(StepRun run, StepLevel level, ActionManifest manifest)
    {
        var contexts = level.Contexts(level.GitHub(), level.Variables());
        foreach (var output in manifest.Outputs)
        {
            if (JobTemplates.Text(output.Value, contexts, manifest.FileTable) is { } value)
            {
                run.Scope.SetOutput(output.Name, value);
            }
        }
    }
}
