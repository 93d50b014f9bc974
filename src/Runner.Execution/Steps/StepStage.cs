namespace Runner.Execution.Steps;

/// <summary>The stages of an action. A script has the middle one only.</summary>
internal enum StepStage
{
    /// <summary>Before the steps of the job.</summary>
    Pre,

    /// <summary>At the step's own turn.</summary>
    Main,

    /// <summary>After the steps of the job.</summary>
    Post,
}
