using Runner.Jobs.Messages;

namespace Runner.Execution.Steps;

/// <summary>A step of the message with its record.</summary>
internal sealed record PlannedStep(JobStep Step, StepReport Report);
