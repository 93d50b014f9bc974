using Docker.DotNet.Models;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;

namespace Runner.Backends.Docker.Actions;

/// <summary>Makes the request that creates a container action's container. Pure.</summary>
/// <remarks>Its environment is in the request, as with GitHub's own runner: whoever may ask the engine can read it while the container is there.</remarks>
internal static class ActionSpecBuilder
{
    private const string HostName = "host.docker.internal:host-gateway";
    private const int NameLetters = 8;

    /// <summary>The request.</summary>
    /// <param name="request">What the worker asks for.</param>
    /// <param name="requestId">Its id, for a name of its own.</param>
    /// <param name="image">Image to run.</param>
    /// <param name="place">Where the job runs.</param>
    /// <param name="socket">The engine's socket, for the container to have, or <c>null</c>: it gets none.</param>
    /// <exception cref="WorkflowException">The arguments cannot be read, or a folder cannot be shared.</exception>
    public static CreateContainerParameters Build(ContainerRequest request, string requestId, string image, IActionPlace place, string? socket)
    {
        var container = new CreateContainerParameters
        {
            Name = $"{place.Name}-{requestId[..Math.Min(NameLetters, requestId.Length)]}",
            Image = image,
            Labels = new Dictionary<string, string>(place.Labels),
            Env = [.. request.Environment.Select(variable => $"{variable.Key}={variable.Value}")],
            WorkingDir = request.WorkingDirectory,
            AttachStdout = true,
            AttachStderr = true,
            HostConfig = new HostConfig
            {
                NetworkMode = place.Network,
                ExtraHosts = [HostName],
                Binds = [.. request.Mounts.Select(mount => Bind(mount, place, socket)).OfType<string>()],
            },
        };
        if (request.Entrypoint is { Length: > 0 } entrypoint)
        {
            container.Entrypoint = [entrypoint];
        }

        if (request.SplitArguments() is { IsEmpty: false } arguments)
        {
            container.Cmd = [.. arguments];
        }

        return container;
    }

    private static string? Bind(ContainerMount mount, IActionPlace place, string? socket) => mount.Source switch
    {
        MountSource.Docker => socket is null ? null : $"{socket}:{mount.Target}",
        MountSource.Unknown => null, // of a later version, which has it for what this one's containers cannot know
        _ => place.FindSource(mount.WorkerPath) is { } source
            ? $"{source}:{mount.Target}"
            : throw new WorkflowException($"A container action cannot see the job's folder '{mount.WorkerPath}', which is not on a volume of the engine"),
    };
}
