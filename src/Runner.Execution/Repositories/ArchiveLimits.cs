namespace Runner.Execution.Repositories;

/// <summary>What an archive may hold, and how it is unpacked. Default: an action's.</summary>
internal sealed record ArchiveLimits
{
    /// <summary>The checkout that a local run sends: the user's own files.</summary>
    public static ArchiveLimits OfCheckout { get; } = new()
    {
        Content = "a checkout",
        HasTopFolder = false,
        KeepsAsIs = true,
        MaxEntries = 10_000_000,
        MaxBytes = 1024L * 1024 * 1024 * 1024, // the volume is smaller: that is the limit
    };

    /// <summary>What it is, for messages.</summary>
    public string Content { get; init; } = "an action";

    /// <summary>Whether all stands below one folder, which is left out. Default true.</summary>
    public bool HasTopFolder { get; init; } = true;

    /// <summary>
    /// Whether the modes and times of files are kept, and links wherever they lead, as git keeps them. Default false: of the modes only whether
    /// a file can be run, and no link may lead outside.
    /// </summary>
    public bool KeepsAsIs { get; init; }

    /// <summary>Most entries. Default 250,000.</summary>
    public int MaxEntries { get; init; } = 250_000;

    /// <summary>Most bytes of all files together, unpacked. Default 4 GiB.</summary>
    public long MaxBytes { get; init; } = 4L * 1024 * 1024 * 1024;
}
