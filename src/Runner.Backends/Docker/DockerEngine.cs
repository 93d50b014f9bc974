using System.Formats.Tar;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Docker.DotNet;
using Docker.DotNet.Models;
using Runner.Jobs.Errors;

namespace Runner.Backends.Docker;

/// <summary>The calls that jobs need, of any engine that speaks Docker's API.</summary>
internal sealed class DockerEngine : IDisposable
{
    /// <summary>Address of Docker's own socket.</summary>
    public const string DefaultHost = "unix:///var/run/docker.sock";
    private const int LogTailLines = 20;
    private const int MaxOutcomeBytes = 1024 * 1024;

    private readonly DockerClient _client;

    /// <summary>An engine; nothing is sent yet.</summary>
    /// <param name="host">Its address, which <see cref="EngineAddress.WhyNot"/> finds right, or <c>null</c>: that of Docker's own socket.</param>
    public DockerEngine(string? host)
    {
        Host = host ?? DefaultHost;
        _client = new DockerClientBuilder().WithEndpoint(new Uri(Host)).Build();
        Images = new EngineImages(_client);
        Streams = new EngineStreams(_client);
    }

    /// <summary>Its address.</summary>
    public string Host { get; }

    /// <summary>Its images.</summary>
    public EngineImages Images { get; }

    /// <summary>What containers print, and programs that run beside their first one.</summary>
    public EngineStreams Streams { get; }

    public void Dispose() => _client.Dispose();

    /// <summary>Fails where the engine does not answer.</summary>
    public Task PingAsync(CancellationToken cancellationToken) =>
        EngineErrors.CallAsync("ask the Docker engine whether it is there", token => _client.System.PingAsync(token), cancellationToken);

    /// <summary>Creates a network; gives its name back.</summary>
    public async Task<string> CreateNetworkAsync(string name, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken)
    {
        var parameters = new NetworksCreateParameters { Name = name, Driver = "bridge", Labels = new Dictionary<string, string>(labels) };
        await EngineErrors.CallAsync($"create network {name}", token => _client.Networks.CreateNetworkAsync(parameters, token), cancellationToken);
        return name;
    }

    /// <summary>Creates a container; gives its id.</summary>
    public async Task<string> CreateAsync(CreateContainerParameters request, CancellationToken cancellationToken) =>
        (await EngineErrors.CallAsync($"create container {request.Name}", token => _client.Containers.CreateContainerAsync(request, token), cancellationToken)).ID;

    /// <summary>Gives a container another name; false where another container has it.</summary>
    public async Task<bool> TryRenameAsync(string id, string name, CancellationToken cancellationToken)
    {
        try
        {
            await EngineErrors.CallAsync(
                $"name the container {name}",
                token => _client.Containers.RenameContainerAsync(id, new ContainerRenameParameters { NewName = name }, token),
                cancellationToken);
            return true;
        }
        catch (InfrastructureException error) when (error.StatusCode == 409)
        {
            return false;
        }
    }

    /// <summary>Starts a container.</summary>
    public Task StartAsync(string id, CancellationToken cancellationToken) => EngineErrors.CallAsync(
        "start the container", token => _client.Containers.StartContainerAsync(id, new ContainerStartParameters(), token), cancellationToken);

    /// <summary>Starts a container and gives it a text on its standard input, which then ends.</summary>
    public Task StartWithInputAsync(string id, byte[] input, CancellationToken cancellationToken) => EngineErrors.CallAsync(
        "start the job's container",
        async token =>
        {
            using var stream = await _client.Containers.AttachContainerAsync(id, new ContainerAttachParameters { Stream = true, Stdin = true }, token);
            await _client.Containers.StartContainerAsync(id, new ContainerStartParameters(), token);
            await stream.WriteAsync(input, 0, input.Length, token);
            stream.CloseWrite();
        },
        cancellationToken);

    /// <summary>Unpacks an archive, plain or gzipped, in a folder of a container while it is written.</summary>
    public Task UnpackAsync(string id, string folder, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken) => EngineErrors.FollowAsync(
        $"copy files into {folder} of the container",
        async token =>
        {
            var pipe = new Pipe();
            var writing = WriteAsync(pipe.Writer, write, token);
            await using var stream = pipe.Reader.AsStream();
            await _client.Containers.ExtractArchiveToContainerAsync(id, new CopyToContainerParameters { Path = folder }, stream, token);
            await writing;
        },
        cancellationToken);

    /// <summary>All that the engine knows of a container.</summary>
    public Task<ContainerInspectResponse> InspectAsync(string id, CancellationToken cancellationToken) => EngineErrors.CallAsync(
        "look at the container", token => _client.Containers.InspectContainerAsync(id, token), cancellationToken);

    /// <summary>How a container is.</summary>
    public async Task<State> ReadStateAsync(string id, CancellationToken cancellationToken) =>
        (await InspectAsync(id, cancellationToken)).State ?? throw new InfrastructureException("The Docker engine did not say how the container is");

    /// <summary>Waits until a container has ended.</summary>
    public Task WaitAsync(string id, CancellationToken cancellationToken) =>
        EngineErrors.FollowAsync("wait for the container", token => _client.Containers.WaitContainerAsync(id, token), cancellationToken);

    /// <summary>Sends a signal to a container's first process; nothing where it has ended.</summary>
    public async Task SignalAsync(string id, string signal, CancellationToken cancellationToken)
    {
        try
        {
            await EngineErrors.CallAsync(
                $"send {signal} to the container",
                token => _client.Containers.KillContainerAsync(id, new ContainerKillParameters { Signal = signal }, token),
                cancellationToken);
        }
        catch (InfrastructureException error) when (error.StatusCode is 404 or 409)
        {
            return; // it has ended
        }
    }

    /// <summary>The last lines that a container printed.</summary>
    public async Task<string> ReadLogTailAsync(string id, int lines = LogTailLines, CancellationToken cancellationToken = default)
    {
        var parameters = new ContainerLogsParameters
        {
            ShowStdout = true,
            ShowStderr = true,
            Tail = lines.ToString(CultureInfo.InvariantCulture),
        };
        return await EngineErrors.CallAsync(
            "read the container's log",
            async token =>
            {
                using var stream = await _client.Containers.GetContainerLogsAsync(id, parameters, token);
                var (output, error) = await stream.ReadOutputToEndAsync(token);
                return (output + error).TrimEnd();
            },
            cancellationToken);
    }

    /// <summary>A small text file of a container, or <c>null</c> where it is not there.</summary>
    public async Task<string?> ReadFileAsync(string id, string path, CancellationToken cancellationToken)
    {
        try
        {
            return await EngineErrors.CallAsync(
                $"read {path} from the container",
                async token =>
                {
                    var archive = await _client.Containers.GetArchiveFromContainerAsync(id, new ContainerPathStatParameters { Path = path }, false, token);
                    await using var stream = archive.Stream ?? Stream.Null;
                    await using var tar = new TarReader(stream);
                    return await tar.GetNextEntryAsync(copyData: false, token) is { DataStream: { } data, Length: <= MaxOutcomeBytes }
                        ? await new StreamReader(data, Encoding.UTF8).ReadToEndAsync(token)
                        : null;
                },
                cancellationToken);
        }
        catch (InfrastructureException error) when (EngineErrors.IsNotFound(error))
        {
            return null;
        }
    }

    /// <summary>A folder of a container as an archive, its entries below the folder's own name.</summary>
    public async Task<Stream> ReadFolderAsync(string id, string path, CancellationToken cancellationToken) =>
        (await EngineErrors.CallAsync(
            $"read {path} from the container",
            token => _client.Containers.GetArchiveFromContainerAsync(id, new ContainerPathStatParameters { Path = path }, false, token),
            cancellationToken)).Stream ?? throw new InfrastructureException($"The Docker engine sent nothing of {path}");

    /// <summary>All containers with a label.</summary>
    public Task<IList<ContainerListResponse>> ListAsync(string label, CancellationToken cancellationToken) => EngineErrors.CallAsync(
        "list containers",
        token => _client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = Filter(label) }, token),
        cancellationToken);

    /// <summary>Removes all containers with a label, with their nameless volumes, then the networks with it.</summary>
    public async Task RemoveAllAsync(string label, CancellationToken cancellationToken)
    {
        foreach (var container in (await ListAsync(label, cancellationToken)).Where(container => !DockerLabels.IsKept(container)))
        {
            await RemoveAsync(container.ID, cancellationToken);
        }

        var networks = await EngineErrors.CallAsync(
            "list networks",
            token => _client.Networks.ListNetworksAsync(new NetworksListParameters { Filters = Filter(label) }, token),
            cancellationToken);
        foreach (var network in networks)
        {
            await UnlessGoneAsync($"remove network {network.Name}", token => _client.Networks.DeleteNetworkAsync(network.ID, token), cancellationToken);
        }
    }

    /// <summary>Removes a container, running or not, with its nameless volumes.</summary>
    public Task RemoveAsync(string id, CancellationToken cancellationToken) => UnlessGoneAsync(
        "remove the container",
        token => _client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, token),
        cancellationToken);

    /// <summary>Names of all volumes with a label, and when each was made; one whose time cannot be read counts as made just now.</summary>
    public async Task<IReadOnlyList<(string Name, DateTimeOffset Created)>> ListVolumesAsync(string label, CancellationToken cancellationToken)
    {
        var found = await EngineErrors.CallAsync(
            "list volumes", token => _client.Volumes.ListAsync(new VolumesListParameters { Filters = Filter(label) }, token), cancellationToken);
        return
        [
            .. (found.Volumes ?? []).Select(volume => (
                volume.Name,
                DateTimeOffset.TryParse(volume.CreatedAt, CultureInfo.InvariantCulture, out var created) ? created : DateTimeOffset.MaxValue)),
        ];
    }

    /// <summary>Removes a volume with a name, unless a container still has it.</summary>
    public Task RemoveVolumeAsync(string name, CancellationToken cancellationToken) =>
        UnlessGoneAsync($"remove volume {name}", token => _client.Volumes.RemoveAsync(name, force: false, token), cancellationToken);

    // 409: somebody else removes it already, or still has it.
    private static async Task UnlessGoneAsync(string what, Func<CancellationToken, Task> call, CancellationToken cancellationToken)
    {
        try
        {
            await EngineErrors.CallAsync(what, call, cancellationToken);
        }
        catch (InfrastructureException error) when (error.StatusCode is 404 or 409)
        {
            return;
        }
    }

    private static async Task WriteAsync(PipeWriter writer, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            await using var stream = writer.AsStream(leaveOpen: true);
            await write(stream, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or UnauthorizedAccessException)
        {
            failure = exception; // told by the reader's side, which sends it
        }

        await writer.CompleteAsync(failure);
    }

    private static Dictionary<string, IDictionary<string, bool>> Filter(string label) =>
        new() { ["label"] = new Dictionary<string, bool> { [label] = true } };
}
