using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Runner.Agent.Page;

/// <summary>
/// The agent's loggers for the page's own host. What that says of its start is told by <see cref="PageServer"/> in one line: a stack would look like the end of
/// the agent.
/// </summary>
internal sealed class PageLoggers(ILoggerFactory loggers) : ILoggerFactory
{
    private const string Host = "Microsoft.Extensions.Hosting.Internal.Host";

    public ILogger CreateLogger(string categoryName) => categoryName == Host ? NullLogger.Instance : loggers.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("the agent's loggers have their providers");

    public void Dispose()
    {
        // They are the agent's.
    }
}
