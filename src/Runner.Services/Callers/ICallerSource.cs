using System.Collections.Concurrent;
using Runner.Jobs.Callers;

namespace Runner.Services.Callers;

/// <summary>Says who calls, by the token of a request.</summary>
public interface ICallerSource
{
    /// <summary>The caller; <c>null</c> where the token is none of ours or has expired.</summary>
    ServiceCaller? Find(string? token);
}

/// <summary>Callers by runtime tokens of our own, up to the end of their jobs as far as it is told.</summary>
internal sealed class TokenCallers(RuntimeTokens tokens) : ICallerSource
{
    private readonly ConcurrentDictionary<string, bool> _ended = new(StringComparer.Ordinal); // jobs

    /// <summary>A job has ended: its tokens open nothing any more.</summary>
    public void End(string job) => _ended[job] = true;

    /// <inheritdoc/>
    public ServiceCaller? Find(string? token) => tokens.Read(token) is { } caller && !_ended.ContainsKey(caller.Job) ? caller : null;
}
