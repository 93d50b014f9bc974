using System.Formats.Tar;
using System.IO.Pipelines;
using Runner.Jobs;

namespace Runner.Backends.Docker.Actions;

/// <summary>A job that is a process of the engine's machine: its folders are folders there.</summary>
internal sealed class HostPlace(JobId job, IReadOnlyDictionary<string, string> labels) : IActionPlace
{
    public string Name => $"runner-{job}";

    public IReadOnlyDictionary<string, string> Labels => labels;

    public string Network => "default";

    public string FindSource(string workerPath) => workerPath;

    public Task<Stream> ReadFolderAsync(string workerPath, CancellationToken cancellationToken)
    {
        var pipe = new Pipe();
        _ = WriteAsync(pipe.Writer, workerPath, cancellationToken);
        return Task.FromResult(pipe.Reader.AsStream());
    }

    // Never faults: the reader gets the failure.
    private static async Task WriteAsync(PipeWriter writer, string folder, CancellationToken cancellationToken)
    {
        Exception? failure = null;
        try
        {
            await using var stream = writer.AsStream(leaveOpen: true);
            await TarFile.CreateFromDirectoryAsync(folder, stream, includeBaseDirectory: false, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or OperationCanceledException or InvalidOperationException)
        {
            failure = exception;
        }

        await writer.CompleteAsync(failure);
    }
}
