using Microsoft.Extensions.Logging;
using Runner.Jobs;

namespace Runner.Kubernetes;

/// <summary>Every event of the Kubernetes backend: ids 2100 to 2199. An id, once shipped, keeps its meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(2100, LogLevel.Information, "Kubernetes {Version} at {Server}, namespace {Namespace}, agent {Agent}")]
    public static partial void ClusterFound(this ILogger logger, string version, string server, string @namespace, string agent);

    [LoggerMessage(2101, LogLevel.Warning, "The API server failed: {Problem}; try {Failures} failed, next in {DelaySeconds:F1} s")]
    public static partial void ApiCallFailed(this ILogger logger, string problem, int failures, double delaySeconds);

    [LoggerMessage(2102, LogLevel.Debug, "{Kind} {Name} is there already")]
    public static partial void AlreadyThere(this ILogger logger, string kind, string name);

    [LoggerMessage(2103, LogLevel.Debug, "The log of pod {PodName} cannot be had: {Problem}")]
    public static partial void NoLogTail(this ILogger logger, string podName, string problem);

    [LoggerMessage(2110, LogLevel.Information, "Job {JobId} given to pod {PodName}")]
    public static partial void PodCreated(this ILogger logger, JobId jobId, string podName);

    [LoggerMessage(2111, LogLevel.Warning, "Pod {PodName} of job {JobId} was refused: {Problem}")]
    public static partial void PodRefused(this ILogger logger, JobId jobId, string podName, string problem);

    [LoggerMessage(2112, LogLevel.Information, "Worker of job {JobId} runs in pod {PodName} since {Since:O}")]
    public static partial void WorkerRuns(this ILogger logger, JobId jobId, string podName, DateTimeOffset? since);

    [LoggerMessage(2113, LogLevel.Information, "Pod {PodName} of job {JobId} ended: {End}")]
    public static partial void PodEnded(this ILogger logger, JobId jobId, string podName, string end);

    [LoggerMessage(2114, LogLevel.Information, "Pod {PodName} of job {JobId} adopted from agent {Owner}")]
    public static partial void PodAdopted(this ILogger logger, JobId jobId, string podName, string owner);

    [LoggerMessage(2126, LogLevel.Warning, "Pod {PodName} of an agent that is gone cannot be adopted yet: {Detail}")]
    public static partial void PodNotAdopted(this ILogger logger, string podName, string detail);

    [LoggerMessage(2115, LogLevel.Warning, "Pod {PodName} of job {JobId} was adopted by agent {Owner}, which took this one for gone")]
    public static partial void PodLostToAgent(this ILogger logger, JobId jobId, string podName, string owner);

    [LoggerMessage(2116, LogLevel.Warning, "Job {JobId} in pod {PodName} could not be asked to cancel ({Problem}); its pod is deleted")]
    public static partial void CancelByDeletion(this ILogger logger, JobId jobId, string podName, string problem);

    [LoggerMessage(2119, LogLevel.Warning, "Secret {Name} of an agent that is gone cannot be read and is removed")]
    public static partial void SecretUnreadable(this ILogger logger, string name);

    [LoggerMessage(2123, LogLevel.Warning, "Secret {Name} could not be tied to its pod ({Problem}); it goes when the job's agent removes it")]
    public static partial void SecretNotOwned(this ILogger logger, string name, string problem);

    [LoggerMessage(2124, LogLevel.Debug, "The log of job {JobId} dropped at {Progress} and is opened again: {Problem}")]
    public static partial void LogStreamDropped(this ILogger logger, JobId jobId, long progress, string problem);

    [LoggerMessage(2130, LogLevel.Warning, "A container action of job {JobId} in pod {PodName} could not be cleaned up: {Problem}; it goes with the pod")]
    public static partial void ActionNotCleanedUp(this ILogger logger, JobId jobId, string podName, string problem);

    [LoggerMessage(2125, LogLevel.Debug, "The worker of job {JobId} in pod {PodName} did not hear '{Word}', try {Tries}: {Problem}")]
    public static partial void WordNotHeard(this ILogger logger, string word, JobId jobId, string podName, int tries, string problem);

    [LoggerMessage(2120, LogLevel.Debug, "Watch follows from resource version {ResourceVersion}, {Pods} pod(s)")]
    public static partial void WatchListed(this ILogger logger, string resourceVersion, int pods);

    [LoggerMessage(2121, LogLevel.Warning, "Watch failed {Failures} time(s) in a row, next in {DelaySeconds:F1} s: {Problem}")]
    public static partial void WatchFailed(this ILogger logger, int failures, double delaySeconds, string problem);

    [LoggerMessage(2141, LogLevel.Debug, "A watch that stood for long was cut off and is made again: {Problem}")]
    public static partial void WatchCutOff(this ILogger logger, string problem);

    [LoggerMessage(2134, LogLevel.Information, "Lease {Name} of agent {Agent}, which is gone, is removed")]
    public static partial void LeaseSwept(this ILogger logger, string name, string agent);

    [LoggerMessage(2122, LogLevel.Warning, "The agent's Lease could not be renewed: {Problem}; other agents may take this one for gone")]
    public static partial void LeaseNotRenewed(this ILogger logger, string problem);

    [LoggerMessage(2143, LogLevel.Warning, "ResourceQuotas cannot be read, so a full one is noticed when it refuses a pod: {Problem}")]
    public static partial void QuotasUnknown(this ILogger logger, string problem);

    [LoggerMessage(2140, LogLevel.Warning, "{Setting} goes beyond the Pod Security Standard '{Level}' and stays, since it is yours; a namespace that enforces the standard refuses such pods")]
    public static partial void BeyondStandard(this ILogger logger, string setting, string level);

    [LoggerMessage(2150, LogLevel.Debug, "Pod {PodName} of pool {Pool} is made, to wait for a job")]
    public static partial void WarmPodMade(this ILogger logger, string podName, string pool);

    [LoggerMessage(2157, LogLevel.Information, "Pod {PodName} of pool {Pool} waits for a job")]
    public static partial void WarmPodReady(this ILogger logger, string podName, string pool);

    [LoggerMessage(2151, LogLevel.Warning, "Pods of pool {Pool} that wait for jobs cannot be used, the next is made in {PauseSeconds:F0} s: {Problem}")]
    public static partial void WarmPodFailed(this ILogger logger, string pool, double pauseSeconds, string problem);

    [LoggerMessage(2152, LogLevel.Warning, "The cluster does not let pod {PodName}, which waited, have job {JobId}, which gets a new one: {Problem}")]
    public static partial void WarmPodRefused(this ILogger logger, string podName, JobId jobId, string problem);

    [LoggerMessage(2154, LogLevel.Information, "Pod {PodName}, which waits for a job, goes: another job finds no room")]
    public static partial void WarmPodGivesWay(this ILogger logger, string podName);

    [LoggerMessage(2155, LogLevel.Warning, "Pods that wait for jobs could not be looked at, it is tried again: {Problem}")]
    public static partial void WarmPodsNotKept(this ILogger logger, string problem);

    [LoggerMessage(2156, LogLevel.Information, "Job {JobId} is given pod {PodName}, which waited for it")]
    public static partial void WarmPodGiven(this ILogger logger, JobId jobId, string podName);

    [LoggerMessage(2144, LogLevel.Warning, "Pods of jobs that are over could not be removed, it is tried again: {Problem}")]
    public static partial void FinishedPodsKept(this ILogger logger, string problem);
}
