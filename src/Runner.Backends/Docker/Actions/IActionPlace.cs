namespace Runner.Backends.Docker.Actions;

/// <summary>Where a job runs, as a container action beside it must know it.</summary>
internal interface IActionPlace
{
    /// <summary>Name that those of the containers begin with.</summary>
    string Name { get; }

    /// <summary>Labels of the containers, by which they are removed with the job.</summary>
    IReadOnlyDictionary<string, string> Labels { get; }

    /// <summary>Network of the job, as <c>--network</c> has it.</summary>
    string Network { get; }

    /// <summary>The path on the engine's machine of a path of the job, or <c>null</c>: it is not on that machine.</summary>
    string? FindSource(string workerPath);

    /// <summary>A folder of the job as an archive, its entries at the root.</summary>
    Task<Stream> ReadFolderAsync(string workerPath, CancellationToken cancellationToken);
}
