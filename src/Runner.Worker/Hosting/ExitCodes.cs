namespace Runner.Worker.Hosting;

/// <summary>The worker's exit codes, those of <c>sysexits.h</c>.</summary>
internal static class ExitCodes
{
    /// <summary>The job was concluded and reported, however it ended.</summary>
    public const int Ok = 0;

    /// <summary>The arguments make no sense.</summary>
    public const int Usage = 64;

    /// <summary>Something outside failed: the job is not reported.</summary>
    public const int Infrastructure = 69;

    /// <summary>Nobody knows whether it was done; it may be tried again.</summary>
    public const int Unanswered = 75;

    /// <summary>The worker has a bug.</summary>
    public const int Bug = 70;
}
