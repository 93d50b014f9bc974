using Microsoft.Extensions.Logging;

namespace Runner.Protocol;

/// <summary>Every event of the clients: ids 3000 to 3999. An id, once shipped, keeps its meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Warning, "Call failed, try {Attempt}, next in {DelaySeconds:F1} s")]
    public static partial void CallFailed(this ILogger logger, Exception? exception, int attempt, double delaySeconds);
}
