using System.IO.Compression;
using Runner.Jobs.Errors;

namespace Runner.Execution.Repositories;

/// <summary>Unpacks the archive of an action's repository. What it holds is foreign: it is checked before it touches the disk.</summary>
internal sealed class ActionArchive(ArchiveLimits limits)
{
    /// <summary>Unpacks a file into a new folder; the one folder at its top is left out.</summary>
    /// <exception cref="InvalidDataException">It is no such archive, holds what an action must not, or is too large.</exception>
    public void Unpack(string file, string folder, CancellationToken cancellationToken)
    {
        using var stream = File.OpenRead(file);
        using var unzipped = new GZipStream(stream, CompressionMode.Decompress);
        ArchiveUnpacking.Run(unzipped, folder, limits, cancellationToken);
    }

    /// <summary>Fetched archives that are broken are worth another try; those of others tell what is wrong with them.</summary>
    public static WorkflowException Refusal(string key, string file, InvalidDataException error) => new(
        $"The archive of action '{key}' cannot be used: {error.Message} ({new FileInfo(file).Length} bytes)", error);
}
