using Microsoft.Extensions.Logging;
using Runner.Jobs;

namespace Runner.Backends.Docker;

/// <summary>Every event of the Docker backend: ids 2300 to 2399. An id, once shipped, keeps its meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(2300, LogLevel.Information, "Job {JobId} runs in {Place}")]
    public static partial void DockerJobStarted(this ILogger logger, JobId jobId, string place);

    [LoggerMessage(2301, LogLevel.Information, "Job {JobId} ended: {End}")]
    public static partial void DockerJobEnded(this ILogger logger, JobId jobId, string end);

    [LoggerMessage(2302, LogLevel.Information, "Job {JobId}: pulling image {Image}")]
    public static partial void PullingImage(this ILogger logger, JobId jobId, string image);

    [LoggerMessage(2303, LogLevel.Warning, "Job {JobId}: pull failed {Failures} time(s): {Problem}")]
    public static partial void PullFailed(this ILogger logger, JobId jobId, int failures, string problem);

    [LoggerMessage(2307, LogLevel.Information, "Job {JobId} of an agent that is gone adopted, container {Container}")]
    public static partial void DockerJobAdopted(this ILogger logger, JobId jobId, string container);

    [LoggerMessage(2308, LogLevel.Information, "Node.js for JavaScript actions is on the engine as {Volume}, made in {Seconds:F1} s")]
    public static partial void ExternalsMade(this ILogger logger, string volume, double seconds);

    [LoggerMessage(2309, LogLevel.Warning, "The volume {Volume} could not be removed: {Problem}; it costs disk space and nothing else")]
    public static partial void ExternalsNotRemoved(this ILogger logger, string volume, string problem);

    [LoggerMessage(2310, LogLevel.Information, "Job {JobId} begins with a service that is not as it should be: {Problem}")]
    public static partial void ServiceFailed(this ILogger logger, JobId jobId, string problem);

    [LoggerMessage(2306, LogLevel.Information, "Containers of job {LeftJobId}, whose launcher is gone, are removed")]
    public static partial void DockerLeftOver(this ILogger logger, string leftJobId);
}
