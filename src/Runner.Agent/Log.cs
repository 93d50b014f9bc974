using Microsoft.Extensions.Logging;

namespace Runner.Agent;

/// <summary>Every event the agent logs: ids 1000 to 1999. An id, once shipped, keeps its meaning. No message holds a token or a payload.</summary>
/// <remarks>Failures of the network or of settings are told by their message; a stack trace stands for a bug.</remarks>
internal static partial class Log
{
    // 1000: the agent itself
    [LoggerMessage(1000, LogLevel.Information, "Agent {Instance} takes jobs of {Url} for {Pools} pool(s), {Slots} job(s) at a time, on backend {Backend}")]
    public static partial void AgentStarted(this ILogger logger, string instance, Uri url, int pools, int slots, string backend);

    [LoggerMessage(1001, LogLevel.Information, "Agent stops: {Running} job(s) run, waiting up to {DrainSeconds:F0} s for them")]
    public static partial void AgentDrains(this ILogger logger, int running, double drainSeconds);

    [LoggerMessage(1002, LogLevel.Information, "Job {JobId} is left running in {Place} for another agent to adopt")]
    public static partial void JobReleased(this ILogger logger, string jobId, string place);

    [LoggerMessage(1003, LogLevel.Information, "Metrics and health are served at {Address}")]
    public static partial void MonitoringStarted(this ILogger logger, string address);

    [LoggerMessage(1004, LogLevel.Warning, "The cluster cannot be reached, next try in {DelaySeconds:F1} s: {Detail}")]
    public static partial void ClusterUnreachable(this ILogger logger, double delaySeconds, string detail);

    [LoggerMessage(1005, LogLevel.Error, "The cluster cannot be used, next try in {DelaySeconds:F1} s: {Detail}")]
    public static partial void ClusterUnusable(this ILogger logger, double delaySeconds, string detail);

    [LoggerMessage(1006, LogLevel.Information, "The page is served at {Address}")]
    public static partial void PageStarted(this ILogger logger, string address);

    [LoggerMessage(1007, LogLevel.Warning, "The page cannot be served at {Address}, jobs are taken without it; agent.page.address names another place: {Detail}")]
    public static partial void PageNotServed(this ILogger logger, string address, string detail);

    // 1100: slots and sessions
    [LoggerMessage(1100, LogLevel.Debug, "Runner {RunnerName} of pool {Pool} waits for a job")]
    public static partial void RunnerWaits(this ILogger logger, string pool, string runnerName);

    [LoggerMessage(1101, LogLevel.Warning, "{Action} failed {Failures} time(s) in a row for pool {Pool}, next try in {DelaySeconds:F1} s: {Detail}")]
    public static partial void SlotRetries(this ILogger logger, string action, int failures, string pool, double delaySeconds, string? detail);

    [LoggerMessage(1102, LogLevel.Error, "GitHub refuses pool {Pool}, next try in {DelaySeconds:F1} s: {Detail}")]
    public static partial void SlotRefused(this ILogger logger, string pool, double delaySeconds, string detail);

    [LoggerMessage(1103, LogLevel.Information, "Session of runner {RunnerName} ended ({Kind}: {Detail}), starting anew")]
    public static partial void SessionEnded(this ILogger logger, string runnerName, Protocol.Http.ProtocolErrorKind kind, string detail);

    [LoggerMessage(1104, LogLevel.Information, "Offer {RequestId} went to another runner or away: {Reason}")]
    public static partial void OfferGone(this ILogger logger, string requestId, string reason);

    [LoggerMessage(1105, LogLevel.Debug, "Message {Type} ignored by runner {RunnerName}")]
    public static partial void MessageIgnored(this ILogger logger, string type, string runnerName);

    [LoggerMessage(1106, LogLevel.Information, "{Removed} registration(s) left by an earlier run of this agent removed from pool {Pool}, {Kept} kept because they have a job")]
    public static partial void StaleRunnersRemoved(this ILogger logger, string pool, int removed, int kept);

    [LoggerMessage(1107, LogLevel.Warning, "Runner {RunnerName} could not be signed off: {Detail}")]
    public static partial void SignOffFailed(this ILogger logger, string runnerName, string detail);

    [LoggerMessage(1108, LogLevel.Information, "Session of runner {RunnerName} cannot be opened yet (try {Failures}), next try in {DelaySeconds:F1} s: {Detail}")]
    public static partial void SessionOpensLater(this ILogger logger, string runnerName, int failures, double delaySeconds, string detail);

    [LoggerMessage(1109, LogLevel.Debug, "Waiting runner {RunnerName} could not be looked up: {Detail}")]
    public static partial void IdleLookFailed(this ILogger logger, string runnerName, string detail);

    [LoggerMessage(1110, LogLevel.Error, "Pool {Pool} takes no jobs: {Failures} launch(es) failed in a row; the next look is in {DelaySeconds:F0} s, unless a job that waits starts before: {Detail}")]
    public static partial void PoolStops(this ILogger logger, string pool, int failures, double delaySeconds, string detail);

    [LoggerMessage(1111, LogLevel.Information, "Pool {Pool} takes jobs again")]
    public static partial void PoolTakesAgain(this ILogger logger, string pool);

    [LoggerMessage(1112, LogLevel.Information, "Pool {Pool} takes one job to see whether it can be started")]
    public static partial void PoolProbes(this ILogger logger, string pool);

    [LoggerMessage(1113, LogLevel.Information, "{Removed} registration(s) that nobody uses removed from pool {Pool}, {Kept} kept because they have a job")]
    public static partial void RegistrationsSwept(this ILogger logger, string pool, int removed, int kept);

    [LoggerMessage(1114, LogLevel.Warning, "Looking for registrations of pool {Pool} that nobody uses failed: {Detail}")]
    public static partial void SweepFailed(this ILogger logger, string pool, string detail);

    [LoggerMessage(1115, LogLevel.Information, "Runner {RunnerName} of pool {Pool} leaves: no job that is assigned to the pool waits for it")]
    public static partial void RunnerLeaves(this ILogger logger, string pool, string runnerName);

    // 1130: scale sets
    [LoggerMessage(1130, LogLevel.Information, "Scale set {ScaleSet} of pool {Pool} made, with the labels {Labels}")]
    public static partial void ScaleSetMade(this ILogger logger, string pool, string scaleSet, string labels);

    [LoggerMessage(1131, LogLevel.Warning, "Scale set {ScaleSet} of pool {Pool} has other labels than the settings say, they are set anew: {Differences}")]
    public static partial void ScaleSetDiffers(this ILogger logger, string pool, string scaleSet, string differences);

    [LoggerMessage(1132, LogLevel.Error, "GitHub gave scale set {ScaleSet} of pool {Pool} other labels than it was asked to: {Differences}. Jobs that ask for a missing label do not come")]
    public static partial void ScaleSetLabelsRefused(this ILogger logger, string pool, string scaleSet, string differences);

    [LoggerMessage(1133, LogLevel.Information, "Session of scale set {ScaleSet} of pool {Pool} is open: {Assigned} job(s) are assigned to it, {Running} of them run")]
    public static partial void SetSessionOpened(this ILogger logger, string pool, string scaleSet, int assigned, int running);

    [LoggerMessage(1134, LogLevel.Warning, "Another agent holds the session of scale set {ScaleSet} of pool {Pool}; this one waits to take it over: {Detail}")]
    public static partial void SetSessionElsewhere(this ILogger logger, string pool, string scaleSet, string detail);

    [LoggerMessage(1135, LogLevel.Information, "Session of scale set {ScaleSet} of pool {Pool} is gone, opening another: {Detail}")]
    public static partial void SetSessionLost(this ILogger logger, string pool, string scaleSet, string detail);

    [LoggerMessage(1136, LogLevel.Warning, "Message {MessageId} of pool {Pool} cannot be read and is deleted: {Defect}")]
    public static partial void SetMessageUnreadable(this ILogger logger, string pool, long messageId, string defect);

    [LoggerMessage(1137, LogLevel.Warning, "{Jobs} job(s) that were assigned to pool {Pool} are not any more, by GitHub's count; they are not waited for")]
    public static partial void AssignmentsVanished(this ILogger logger, string pool, int jobs);

    [LoggerMessage(1138, LogLevel.Warning, "{Jobs} job(s) are assigned to pool {Pool}, by GitHub's count, of which no message came; runners for them are registered")]
    public static partial void AssignmentsUntold(this ILogger logger, string pool, int jobs);

    [LoggerMessage(1139, LogLevel.Debug, "{Action} failed for pool {Pool}, it is tried again with the next poll: {Detail}")]
    public static partial void SetCallFailed(this ILogger logger, string action, string pool, string detail);

    [LoggerMessage(1140, LogLevel.Debug, "Job {JobId} ended at GitHub ({Result}); where it is not over here in five minutes, too, it is stopped")]
    public static partial void JobEndedAtGitHub(this ILogger logger, string jobId, string? result);

    [LoggerMessage(1142, LogLevel.Warning, "The session of scale set {ScaleSet} of pool {Pool} was that of agent {Agent}, which is gone; it is ended")]
    public static partial void SetSessionLeftOver(this ILogger logger, string pool, string scaleSet, string agent);

    [LoggerMessage(1143, LogLevel.Debug, "Which agent has the session of a scale set could not be written down or read; a killed one's lasts as long as GitHub keeps it: {Detail}")]
    public static partial void SessionNotesFailed(this ILogger logger, string detail);

    // 1200: jobs, one line a milestone
    [LoggerMessage(1200, LogLevel.Information, "Job {JobId} '{JobName}' of {Repository} taken by runner {RunnerName} of pool {Pool}")]
    public static partial void JobTaken(this ILogger logger, string jobId, string jobName, string? repository, string runnerName, string pool);

    [LoggerMessage(1201, LogLevel.Information, "Job {JobId} launched in {Place}")]
    public static partial void JobLaunched(this ILogger logger, string jobId, string place);

    [LoggerMessage(1202, LogLevel.Information, "Job {JobId} runs in {Place}")]
    public static partial void JobRuns(this ILogger logger, string jobId, string place);

    [LoggerMessage(1203, LogLevel.Information, "Job {JobId} is stopped ({Cause}), it has {GraceSeconds:F0} s to end")]
    public static partial void JobStopped(this ILogger logger, string jobId, Supervision.StopCause cause, double graceSeconds);

    [LoggerMessage(1204, LogLevel.Information, "Job {JobId} ended: {Conclusion}, reason {Reason}; {Times}")]
    public static partial void JobEnded(this ILogger logger, string jobId, Jobs.Outcomes.Conclusion conclusion, string reason, string times);

    [LoggerMessage(1205, LogLevel.Warning, "Job {JobId} lost {Place} before its worker started ({Reason}), replacing it: {Detail}")]
    public static partial void JobReplaced(this ILogger logger, string jobId, string place, string reason, string? detail);

    [LoggerMessage(1206, LogLevel.Warning, "Job {JobId} failed and its worker did not say so; told GitHub: {Detail}")]
    public static partial void JobCompletedByAgent(this ILogger logger, string jobId, string? detail);

    [LoggerMessage(1207, LogLevel.Information, "Job {JobId} adopted in {Place}, pool {Pool}")]
    public static partial void JobAdopted(this ILogger logger, string jobId, string place, string pool);

    [LoggerMessage(1208, LogLevel.Warning, "{Action} failed {Failures} time(s) for job {JobId}, next try in {DelaySeconds:F1} s: {Detail}")]
    public static partial void JobCallRetries(this ILogger logger, string action, int failures, string jobId, double delaySeconds, string detail);

    [LoggerMessage(1254, LogLevel.Warning, "Job {JobId} uses GitHub's caches and artifacts, not the servers of the section services: its token says nothing of what it may use")]
    public static partial void JobWithoutGrant(this ILogger logger, string jobId);

    [LoggerMessage(1209, LogLevel.Error, "{Action} failed for job {JobId}, given up: {Detail}")]
    public static partial void JobCallFailed(this ILogger logger, string action, string jobId, string detail);

    [LoggerMessage(1210, LogLevel.Error, "Supervision of job {JobId} failed: this is a bug of the agent")]
    public static partial void JobSupervisionFailed(this ILogger logger, Exception exception, string jobId);

    [LoggerMessage(1211, LogLevel.Warning, "A job that was taken cannot be read ({Reason}); told GitHub so: {Told}")]
    public static partial void JobMalformed(this ILogger logger, string reason, bool told);

    [LoggerMessage(1212, LogLevel.Warning, "Job {JobId} is not ours any more: {Reason}")]
    public static partial void JobLost(this ILogger logger, string jobId, string reason);

    [LoggerMessage(1213, LogLevel.Warning, "Job {JobId} ended without a report, and its message is not at hand to tell GitHub: {Detail}")]
    public static partial void JobCannotBeCompleted(this ILogger logger, string jobId, string? detail);

    [LoggerMessage(1215, LogLevel.Information, "Job {JobId} of pool {Pool}, taken by an agent that is gone and not launched, is launched now")]
    public static partial void JobTakenUp(this ILogger logger, string jobId, string pool);

    [LoggerMessage(1216, LogLevel.Warning, "Jobs that are taken cannot be kept in '{Path}', so they may be lost if this agent is killed before they run: {Detail}")]
    public static partial void JournalFailed(this ILogger logger, string path, string detail);

    [LoggerMessage(1217, LogLevel.Warning, "'{Path}' of an agent that is gone cannot be read, its job is lost; were the credentials changed since? {Detail}")]
    public static partial void JournalUnreadable(this ILogger logger, string path, string detail);

    [LoggerMessage(1218, LogLevel.Warning, "The labels that job {JobId} asks for are not known, so it has the default size of pool {Pool}: {Detail}")]
    public static partial void LabelsUnknown(this ILogger logger, string jobId, string pool, string detail);

    [LoggerMessage(1219, LogLevel.Warning, "Job {JobId} waits for room, next try in {DelaySeconds:F1} s: {Detail}")]
    public static partial void JobWaitsForRoom(this ILogger logger, string jobId, double delaySeconds, string detail);

    [LoggerMessage(1214, LogLevel.Warning, "Looking for jobs of other agents failed, next look in {DelaySeconds:F1} s: {Detail}")]
    public static partial void AdoptionFailed(this ILogger logger, double delaySeconds, string detail);

    [LoggerMessage(1141, LogLevel.Debug, "Offer {RequestId} is not acknowledged, which GitHub does not need: {Detail}")]
    public static partial void OfferNotAcknowledged(this ILogger logger, string requestId, string detail);

    [LoggerMessage(1230, LogLevel.Warning, "Job {JobId} of run {Run}, attempt {Attempt}, was lost ({Reason}): it is run again once the run has ended")]
    public static partial void RerunOwed(this ILogger logger, string jobId, long run, int attempt, string reason);

    [LoggerMessage(1231, LogLevel.Information, "Asked GitHub to run job '{Job}' of run {Run} of {Repository} again, as attempt {Attempt}")]
    public static partial void RerunAsked(this ILogger logger, string job, long run, string repository, int attempt);

    [LoggerMessage(1232, LogLevel.Warning, "Job '{Job}' of run {Run} of {Repository} is not run again: {Why}")]
    public static partial void RerunForgotten(this ILogger logger, string job, long run, string repository, string why);

    [LoggerMessage(1233, LogLevel.Warning, "Running jobs of run {Run} of {Repository} again failed, the next turn tries again: {Detail}")]
    public static partial void RerunFailed(this ILogger logger, long run, string repository, string detail);

    [LoggerMessage(1234, LogLevel.Warning, "{Action} failed: {Detail}")]
    public static partial void RerunCallFailed(this ILogger logger, string action, string detail);

    [LoggerMessage(1240, LogLevel.Warning, "Check '{Check}': {Detail}. What to do: {Fix}")]
    public static partial void CheckWarned(this ILogger logger, string check, string detail, string fix);

    [LoggerMessage(1241, LogLevel.Error, "The agent is not ready, next look in {DelaySeconds:F1} s: {Detail}")]
    public static partial void CheckFailed(this ILogger logger, string detail, double delaySeconds);

    // 1250: the queue at GitHub
    [LoggerMessage(1250, LogLevel.Information, "What waits at GitHub is not counted for pool(s) {Pools}: {Why}")]
    public static partial void QueueNotCounted(this ILogger logger, string pools, string why);

    [LoggerMessage(1251, LogLevel.Warning, "Counting what waits at GitHub failed: {Detail}")]
    public static partial void QueueCountFailed(this ILogger logger, string detail);

    [LoggerMessage(1260, LogLevel.Warning, "The collector of monitoring.tracing did not take a trace, nor perhaps others: {Detail}")]
    public static partial void TracesNotTaken(this ILogger logger, string detail);

    [LoggerMessage(1252, LogLevel.Information, "External metrics are served to the API server on port {Port}")]
    public static partial void ExternalMetricsServed(this ILogger logger, int port);

    [LoggerMessage(1253, LogLevel.Warning, "External metrics cannot be served, next try in {DelaySeconds:F0} s: {Detail}")]
    public static partial void ExternalMetricsFailed(this ILogger logger, double delaySeconds, string detail);
}
