using Microsoft.Extensions.Logging;

namespace Runner.Services;

/// <summary>What the server for clusters logs.</summary>
internal static partial class Log
{
    [LoggerMessage(6000, LogLevel.Error, "A request failed: {Method} of {Kind}")]
    public static partial void RequestFailed(this ILogger logger, Exception error, string method, string kind);

    [LoggerMessage(6001, LogLevel.Warning, "Looking through what is kept failed and is tried again: {Reason}")]
    public static partial void SweepFailed(this ILogger logger, string reason);

    [LoggerMessage(6002, LogLevel.Warning, "{Bucket} does not keep to conditions of writes (If-None-Match, If-Match): let one replica have it")]
    public static partial void BucketKeepsNoConditions(this ILogger logger, string bucket);

    [LoggerMessage(6003, LogLevel.Warning, "A request failed: {Method} of {Kind}: {Reason}")]
    public static partial void BucketFailed(this ILogger logger, string method, string kind, string reason);

    [LoggerMessage(6004, LogLevel.Warning, "Left for later: {What}: {Reason}")]
    public static partial void LeftForLater(this ILogger logger, string what, string reason);

    [LoggerMessage(6005, LogLevel.Warning, "A record is passed over, and no bytes that are nobody's are removed while it is there: {Reason}")]
    public static partial void RecordUnreadable(this ILogger logger, string reason);

    [LoggerMessage(6006, LogLevel.Warning, "{Bucket} does not keep to conditions of removals (If-Match): of several replicas one may remove what another one used or completed at that moment")]
    public static partial void BucketKeepsNoConditionsOfRemoval(this ILogger logger, string bucket);
}
