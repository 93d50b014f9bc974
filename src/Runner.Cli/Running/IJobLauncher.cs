using Runner.Backends;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Workflows.Planning;

namespace Runner.Cli.Running;

/// <summary>Gives the jobs of local runs to backends: which one takes a job, and with what.</summary>
internal interface IJobLauncher
{
    /// <summary>Name of the backend that a job goes to.</summary>
    string BackendOf(PlannedJob planned);

    /// <summary>How a job ends that cannot run here at all; <c>null</c>: it can.</summary>
    LocalJobResult? Refuse(PlannedJob planned);

    /// <summary>Makes the job's message and launches it.</summary>
    /// <exception cref="WorkflowException">The job can never run there.</exception>
    /// <exception cref="InfrastructureException">The backend could not be reached or refused.</exception>
    Task<IJobHandle> LaunchAsync(PlannedJob planned, PlanId planId, CancellationToken cancellationToken);

    /// <summary>Whether what a job that failed ran in is to stay.</summary>
    bool KeepsFailed { get; }

    /// <summary>A job has ended: what was given to it for its time is taken back.</summary>
    void Ended(JobId job);
}
