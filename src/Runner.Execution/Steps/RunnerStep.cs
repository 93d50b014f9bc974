namespace Runner.Execution.Steps;

/// <summary>The steps that the runner adds around those of a job (<c>worker-semantics.md</c> section 1).</summary>
internal enum RunnerStep
{
    /// <summary>The operator's hook before the first step.</summary>
    StartedHook,

    /// <summary>"Initialize containers".</summary>
    InitializeContainers,

    /// <summary>"Stop containers".</summary>
    StopContainers,

    /// <summary>The operator's hook after the last step.</summary>
    CompletedHook,
}
