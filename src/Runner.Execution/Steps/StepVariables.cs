using Runner.Execution.Contexts;
using Runner.Expressions.Values;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;

namespace Runner.Execution.Steps;

/// <summary>The variables of a step.</summary>
/// <param name="All">What it sees.</param>
/// <param name="Own">Those of them that its own <c>env</c> sets.</param>
internal sealed record StepVariables(Dictionary<string, string> All, Dictionary<string, string> Own)
{
    /// <summary>Evaluates them.</summary>
    /// <param name="step">The step.</param>
    /// <param name="level">Where it runs.</param>
    /// <param name="github">Its <c>github</c> context.</param>
    /// <exception cref="WorkflowException">One cannot be evaluated, or has no name.</exception>
    public static StepVariables Of(JobStep step, StepLevel level, ObjectValue github)
    {
        var all = level.Variables();
        var own = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in JobTemplates.Texts(step.Environment, level.Contexts(github, all), level.Files))
        {
            own[name] = all[name] = name.Length > 0 ? value : throw new WorkflowException("env: of the step has an entry without a name");
        }

        return new StepVariables(all, own);
    }
}
