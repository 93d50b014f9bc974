using System.Globalization;
using Docker.DotNet;
using Docker.DotNet.Models;
using Runner.Backends.Link;

namespace Runner.Backends.Docker;

/// <summary>Streams of an engine's containers.</summary>
internal sealed class EngineStreams(DockerClient client)
{
    /// <summary>Hands over each line that a container printed on standard output, from its first one, until it ends.</summary>
    public Task FollowLogAsync(string id, Func<ReadOnlyMemory<byte>, ValueTask> take, CancellationToken cancellationToken) => EngineErrors.FollowAsync(
        "follow the container's log",
        async token =>
        {
            var parameters = new ContainerLogsParameters { ShowStdout = true, ShowStderr = false, Follow = true };
            await using var output = new DemultiplexedStream(await client.Containers.GetContainerLogsAsync(id, parameters, token));
            await LineSplitter.ReadAsync(output, take, token);
        },
        cancellationToken);

    /// <summary>Copies the last lines that a container printed, both streams in one.</summary>
    public Task CopyLogAsync(string id, int lines, Stream output, CancellationToken cancellationToken) => EngineErrors.CallAsync(
        "read the container's log",
        async token =>
        {
            var parameters = new ContainerLogsParameters { ShowStdout = true, ShowStderr = true, Tail = lines.ToString(CultureInfo.InvariantCulture) };
            using var stream = await client.Containers.GetContainerLogsAsync(id, parameters, token);
            await stream.CopyOutputToAsync(Stream.Null, output, output, token);
        },
        cancellationToken);

    /// <summary>Starts a program in a container; the stream is its standard input and output, and ends it when it is disposed.</summary>
    public Task<Stream> ExecuteAsync(string id, IEnumerable<string> command, CancellationToken cancellationToken) => EngineErrors.CallAsync<Stream>(
        "run a program in the container",
        async token =>
        {
            var created = await client.Exec.CreateContainerExecAsync(
                id, new ContainerExecCreateParameters { Cmd = [.. command], AttachStdin = true, AttachStdout = true, AttachStderr = true }, token);
            return new DemultiplexedStream(await client.Exec.StartContainerExecAsync(created.ID, new ContainerExecStartParameters(), token));
        },
        cancellationToken);

    /// <summary>Starts a container and copies what it prints, both streams in one, until it ends.</summary>
    public Task RunAsync(string id, Stream output, CancellationToken cancellationToken) => EngineErrors.FollowAsync(
        "run the container",
        async token =>
        {
            // Before the start: what it prints first would be missing.
            using var stream = await client.Containers.AttachContainerAsync(
                id, new ContainerAttachParameters { Stream = true, Stdout = true, Stderr = true }, token);
            await client.Containers.StartContainerAsync(id, new ContainerStartParameters(), token);
            await stream.CopyOutputToAsync(Stream.Null, output, output, token);
        },
        cancellationToken);
}
