using Microsoft.Extensions.Logging;
using Runner.Jobs;

namespace Runner.Backends;

/// <summary>Every event of a job's life and of the host backend: ids 2000 to 2099. An id, once shipped, keeps its meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information, "Job {JobId} runs as process {Pid} in {Folder}")]
    public static partial void HostJobStarted(this ILogger logger, JobId jobId, int pid, string folder);

    [LoggerMessage(2001, LogLevel.Information, "Job {JobId} of an agent that is gone adopted, process {Pid}")]
    public static partial void HostJobAdopted(this ILogger logger, JobId jobId, int pid);

    [LoggerMessage(2002, LogLevel.Information, "Job {JobId} ended: {End}")]
    public static partial void HostJobEnded(this ILogger logger, JobId jobId, string end);

    [LoggerMessage(2003, LogLevel.Warning, "Job {JobId} in {Location} did not end within {GraceSeconds:F1} s of its cancel and is killed")]
    public static partial void JobKilled(this ILogger logger, JobId jobId, string location, double graceSeconds);

    [LoggerMessage(2009, LogLevel.Debug, "Job {JobId} in {Location} could not be asked to cancel and is asked again: {Problem}")]
    public static partial void JobNotAsked(this ILogger logger, JobId jobId, string location, string problem);

    [LoggerMessage(2010, LogLevel.Warning, "Job {JobId} in {Location} could not be killed, which is tried again: {Problem}")]
    public static partial void JobNotKilled(this ILogger logger, JobId jobId, string location, string problem);

    [LoggerMessage(2011, LogLevel.Warning, "What job {JobId} ran in ({Location}) could not be removed: {Problem}; a later look for what is left tries again")]
    public static partial void JobNotRemoved(this ILogger logger, JobId jobId, string location, string problem);

    [LoggerMessage(2004, LogLevel.Debug, "Job {JobId} removed from {Folder}")]
    public static partial void HostJobRemoved(this ILogger logger, JobId jobId, string folder);

    [LoggerMessage(2006, LogLevel.Warning, "Folder {Folder} of a job that is over cannot be removed, and is tried again later: {Problem}")]
    public static partial void HostFolderNotRemoved(this ILogger logger, string folder, string problem);

    [LoggerMessage(2012, LogLevel.Warning, "Job {JobId} of an agent that is gone is ended, as nobody can look after it: its record {File} is empty or cut, as after a power cut or on a full disk; GitHub is told by the journal, else when the job's lock ends")]
    public static partial void HostRecordUnreadable(this ILogger logger, string jobId, string file);

    [LoggerMessage(2007, LogLevel.Warning, "{Variable} is not passed on to jobs: they run as a user who may write to {Folder}, and what one puts there the next would run")]
    public static partial void ActionArchivesNotUsed(this ILogger logger, string variable, string folder);

    [LoggerMessage(2008, LogLevel.Information, "Job {LeftJobId} of a local run that was killed is ended and removed")]
    public static partial void HostLeftOver(this ILogger logger, JobId leftJobId);

    [LoggerMessage(2005, LogLevel.Error, "Request {RequestId} ({Kind}) of job {JobId} given up, its worker cannot be reached: {Reason}")]
    public static partial void RequestGivenUp(this ILogger logger, JobId jobId, string requestId, string kind, string reason);
}
