using Runner.Execution.Reporting;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Jobs.Containers;
using Runner.Jobs.Launch;

namespace Runner.Execution.Containers;

/// <summary>
/// The step "Initialize containers": tells what the job was launched with, and waits for services that are not ready yet. Its launcher has
/// made them; a worker cannot.
/// </summary>
internal sealed class InitializeContainers(JobScope job, PostSteps posts) : IStepAction
{
    private const string StepName = "Initialize containers";

    /// <summary>The step, or <c>null</c>: the job has no containers of its own.</summary>
    public static PlannedStep? Plan(JobScope job, StepNumbers numbers) => job.Payload.Containers is null
        ? null
        : PlannedStep.OfRunner(job, RunnerStep.InitializeContainers, numbers.Next(), StepName, "success()");

    /// <inheritdoc/>
    public async Task<bool> RunAsync(StepRun run, CancellationToken stop)
    {
        var log = run.Scope.Log;
        var containers = job.Payload.Containers!; // not null: only then is there such a step
        posts.Add(number => StopContainers.Plan(job, number));
        foreach (var (title, lines) in Started(containers))
        {
            log.WriteGroup(title, lines);
        }

        return containers is { Services.IsEmpty: true, Failure: null } || await WaitAsync(log, containers, stop);
    }

    private static IEnumerable<(string Title, IReadOnlyList<string> Lines)> Started(PlacedContainers containers)
    {
        if (containers.Job is { } own)
        {
            yield return ("Starting job container", Lines(own, containers.Network, []));
        }

        foreach (var service in containers.Services)
        {
            yield return ($"Starting {service.Name} service container", Lines(service.Container, containers.Network, service.Ports));
        }
    }

    private static string[] Lines(PlacedContainer container, string network, IEnumerable<PortMapping> ports) =>
    [
        $"Image: {container.Image}", $"Container: {container.Id}", $"Network: {network}",
        .. ports.Select(port => $"Port: {port}"),
    ];

    private async Task<bool> WaitAsync(StepLog log, PlacedContainers containers, CancellationToken stop)
    {
        log.Write("##[group]Waiting for all services to be ready");
        if (containers.Failure is { } known)
        {
            WriteFailure(log, known);
            return false;
        }

        if (containers.AwaitsRelease && job.Host.Services is { } gate)
        {
            log.Write($"Waiting for: {string.Join(", ", containers.Services.Select(service => service.Name))}");
            if (await gate.WaitAsync(stop) is { } failure)
            {
                WriteFailure(log, failure);
                return false;
            }
        }

        foreach (var service in containers.Services)
        {
            log.Write($"{service.Name} service {(service.HasCheck ? "is healthy" : "has started")}.");
        }

        log.Write("##[endgroup]");
        return true;
    }

    private static void WriteFailure(StepLog log, string failure)
    {
        var parts = failure.Split('\n', 2);
        if (parts.Length > 1)
        {
            log.Write(parts[1]);
        }

        log.Write("##[endgroup]");
        log.Error(parts[0]);
    }
}
