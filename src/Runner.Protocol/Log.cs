using Microsoft.Extensions.Logging;

namespace Runner.Protocol;

/// <summary>Every event of the clients: ids 3000 to 3999. An id, once shipped, keeps its meaning.</summary>
internal static partial class Log
{
    [LoggerMessage(3001, LogLevel.Warning, "Call failed, try {Attempt}, next in {DelaySeconds:F1} s")]
    public static partial void CallFailed(this ILogger logger, Exception? exception, int attempt, double delaySeconds);

    [LoggerMessage(3002, LogLevel.Warning, "This machine's clock differs from that of {Server}, which refuses what is signed by it: it is {Seconds:F0} s ahead (behind where negative), set it right")]
    public static partial void ClockDiffers(this ILogger logger, string server, double seconds);
}
