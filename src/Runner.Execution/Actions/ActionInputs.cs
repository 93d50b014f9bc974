using Runner.Execution.Contexts;
using Runner.Execution.Steps;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Workflows.Model.Actions;

namespace Runner.Execution.Actions;

/// <summary>Evaluates <c>with:</c> and the defaults of an action's inputs (<c>worker-semantics.md</c> section 10).</summary>
internal static class ActionInputs
{
    // Inputs of every container action, and of a step that uses an image.
    private static readonly string[] OfContainers = ["entryPoint", "args"];

    /// <summary>
    /// The given inputs in the order of the step, then the defaults of those not given. What is not an input, or no longer should be, is warned of
    /// once, in the main stage. <c>required</c> is not insisted on: GitHub's runner does not either.
    /// </summary>
    /// <exception cref="WorkflowException">One of them cannot be evaluated.</exception>
    public static IReadOnlyDictionary<string, string> Evaluate(StepRun run)
    {
        var inputs = new OrderedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in JobTemplates.Texts(run.Step.Inputs, run.Contexts, run.Level.Files))
        {
            inputs[name] = value;
        }

        if (run.Use.Action?.Manifest is not { } manifest)
        {
            return inputs;
        }

        if (run.Stage == StepStage.Main)
        {
            WarnOf(run, manifest, inputs);
        }

        foreach (var input in manifest.Inputs)
        {
            if (!inputs.ContainsKey(input.Name))
            {
                inputs[input.Name] = JobTemplates.Text(input.Default, run.Contexts, manifest.FileTable) ?? string.Empty;
            }
        }

        return inputs;
    }

    private static void WarnOf(StepRun run, ActionManifest manifest, OrderedDictionary<string, string> given)
    {
        var known = manifest.Inputs.Select(input => input.Name).Concat(manifest.Runs is DockerRuns ? OfContainers : []).ToList();
        var unknown = given.Keys.Where(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase)).ToList();
        if (unknown.Count > 0 && run.Step.Reference?.Type == ActionSource.Repository)
        {
            run.Scope.Log.Warning(
                $"Unexpected input(s) '{string.Join("', '", unknown)}', valid inputs are ['{string.Join("', '", known)}']");
        }

        foreach (var input in manifest.Inputs.Where(input => input.DeprecationMessage is not null && given.ContainsKey(input.Name)))
        {
            run.Scope.Log.Warning($"Input '{input.Name}' has been deprecated with message: {input.DeprecationMessage}");
        }
    }
}
