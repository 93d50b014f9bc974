namespace Runner.Execution.Steps;

/// <summary>What kind of step an environment is for: not all see the same of GitHub's services.</summary>
internal enum StepKind
{
    /// <summary>A <c>run:</c> step.</summary>
    Script,

    /// <summary>A JavaScript action.</summary>
    JavaScript,

    /// <summary>A container action.</summary>
    Container,

    /// <summary>A script of the operator's around the job: it sees nothing of the workflow.</summary>
    Hook,
}
