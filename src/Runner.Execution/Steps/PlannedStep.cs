using Runner.Execution.Scopes;
using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;

namespace Runner.Execution.Steps;

/// <summary>A stage of a step of the job, with its record.</summary>
internal sealed record PlannedStep(StepUse Use, StepStage Stage, StepReport Report)
{
    /// <summary>A step that the runner adds around those of the workflow.</summary>
    /// <param name="job">The job.</param>
    /// <param name="kind">Which step.</param>
    /// <param name="number">Its place among the steps shown.</param>
    /// <param name="name">Its name.</param>
    /// <param name="condition">When it runs.</param>
    public static PlannedStep OfRunner(JobScope job, RunnerStep kind, int number, string name, string condition)
    {
        var step = new JobStep
        {
            Type = StepType.Action,
            Id = StepId.New(),
            Condition = condition,
            DisplayNameToken = new StringToken(name),
        };
        var use = new StepUse(step, parent: null) { Name = name, Runner = kind };
        return new PlannedStep(use, StepStage.Main, StepReport.OfRunner(job, number, name));
    }
}
