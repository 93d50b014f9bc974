using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Runner.Worker.Logging;

/// <summary>
/// Writes the worker's own events as lines of standard error, for the operator (<c>kubectl logs</c>). The log of the job goes another
/// way. A console logger with its queue and thread would be most of the worker's size.
/// </summary>
internal sealed class StderrLoggerFactory(TextWriter writer, TimeProvider time) : ILoggerFactory
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new StderrLogger(writer, time);

    /// <summary>There are no further providers.</summary>
    public void AddProvider(ILoggerProvider provider)
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private sealed class StderrLogger(TextWriter writer, TimeProvider time) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            // A bug is told with its stack; what went wrong outside is told by its message.
            var cause = exception is null ? string.Empty : ": " + (logLevel == LogLevel.Error ? exception.ToString() : exception.Message);
            lock (writer)
            {
                writer.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {Name(logLevel)} [{eventId.Id}] {formatter(state, exception)}{cause}"));
                writer.Flush();
            }
        }

        private static string Name(LogLevel level) => level switch
        {
            LogLevel.Information => "info",
            LogLevel.Warning => "warn",
            LogLevel.Error or LogLevel.Critical => "error",
            _ => "debug",
        };
    }
}
