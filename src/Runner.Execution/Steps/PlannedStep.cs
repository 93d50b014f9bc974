namespace Runner.Execution.Steps;

/// <summary>A stage of a step of the job, with its record.</summary>
internal sealed record PlannedStep(StepUse Use, StepStage Stage, StepReport Report);
