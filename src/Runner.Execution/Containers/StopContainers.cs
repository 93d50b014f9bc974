using Runner.Execution.Jobs;
using Runner.Execution.Steps;

namespace Runner.Execution.Containers;

/// <summary>
/// The step "Stop containers": says what goes with the job. Its launcher removes them once the worker has ended, which is the only moment at
/// which nothing of the job can miss them.
/// </summary>
internal sealed class StopContainers(JobScope job) : IStepAction
{
    private const string StepName = "Stop containers";

    /// <summary>The step.</summary>
    public static PlannedStep Plan(JobScope job, int number) =>
        PlannedStep.OfRunner(job, number, StepName, "always()", step => new StepUse(step, parent: null) { Name = StepName, Containers = ContainerWork.Stop });

    /// <inheritdoc/>
    public Task<bool> RunAsync(StepRun run, CancellationToken stop)
    {
        var containers = job.Payload.Containers!; // not null: only then is there such a step
        foreach (var container in containers.Services.Select(service => service.Container).Prepend(containers.Job))
        {
            if (container is not null)
            {
                run.Scope.Log.Write($"Stop and remove container: {container.Id} ({container.Image})");
            }
        }

        run.Scope.Log.Write($"Remove container network: {containers.Network}");
        return Task.FromResult(true);
    }
}
