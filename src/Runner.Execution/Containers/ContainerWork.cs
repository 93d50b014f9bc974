namespace Runner.Execution.Containers;

/// <summary>The steps that the runner adds around a job with containers (<c>worker-semantics.md</c> section 1).</summary>
internal enum ContainerWork
{
    /// <summary>"Initialize containers".</summary>
    Initialize,

    /// <summary>"Stop containers".</summary>
    Stop,
}
