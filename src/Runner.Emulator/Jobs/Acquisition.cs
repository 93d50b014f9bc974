namespace Runner.Emulator.Jobs;

/// <summary>What came of an attempt to acquire a job: the job, or why not.</summary>
internal sealed record Acquisition
{
    /// <summary>The job, or <c>null</c> where it was refused.</summary>
    public JobState? Job { get; init; }

    /// <summary>404: gone, 409: another runner's, 422: cannot be processed.</summary>
    public int Status { get; init; }

    /// <summary>For people.</summary>
    public string Message { get; init; } = string.Empty;

    public static Acquisition Refused(int status, string message) => new() { Status = status, Message = message };
}
