using Runner.Execution.Contexts;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Workflows.Model.Actions;

namespace Runner.Execution.Steps;

/// <summary>Evaluates <c>with:</c> and the defaults of an action's inputs (<c>worker-semantics.md</c> section 10).</summary>
internal static class ActionInputs
{
    // Inputs of every container action, and of a step that uses an image.
    private static readonly string[] OfContainers = ["entryPoint", "args"];

    /// <summary>
    /// The given inputs in the order of the step, then the defaults of those not given. What is not an input, or no longer should be, is warned of
    /// at every stage, as GitHub's runner does. <c>required</c> is not insisted on: that does not either.
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

        WarnOf(run, manifest, inputs);
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
        foreach (var name in given.Keys)
        {
            if (manifest.Inputs.FirstOrDefault(input => input.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { DeprecationMessage: { } message })
            {
                run.Scope.Log.Warning($"Input '{name}' has been deprecated with message: {message}");
            }
        }

        var known = (manifest.Runs is DockerRuns ? OfContainers : []).Concat(manifest.Inputs.Select(input => input.Name)).ToList();
        var unknown = given.Keys.Where(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase)).ToList();
        if (unknown.Count > 0 && run.Step.Reference?.Type == ReferenceType.Repository)
        {
            run.Scope.Log.Warning(
                $"Unexpected input(s) '{string.Join("', '", unknown)}', valid inputs are ['{string.Join("', '", known)}']");
        }
    }
}
