using Microsoft.Extensions.Logging;

namespace Runner.Services;

/// <summary>What the server for clusters logs.</summary>
internal static partial class Log
{
    [LoggerMessage(6000, LogLevel.Error, "A request failed: {Method} of {Kind}")]
    public static partial void RequestFailed(this ILogger logger, Exception error, string method, string kind);
}
