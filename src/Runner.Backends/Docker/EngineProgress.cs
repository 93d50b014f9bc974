using Docker.DotNet.Models;
using Runner.Jobs.Errors;

namespace Runner.Backends.Docker;

/// <summary>
/// What an engine tells while it pulls or builds, as lines; not the state of each download, of which there are hundreds. It tells of a failure
/// in this way, too.
/// </summary>
internal sealed class EngineProgress(Action<string>? tell) : IProgress<JSONMessage>
{
    private string? _error;

    public void Report(JSONMessage value)
    {
        _error = value.Error?.Message ?? _error;
        if (value.Stream is { } text)
        {
            foreach (var line in text.Split('\n').Where(line => line.Length > 0))
            {
                tell?.Invoke(line);
            }
        }
        else if (value is { Status: { Length: > 0 } status } && (string.IsNullOrEmpty(value.ID) || status == "Pull complete"))
        {
            tell?.Invoke(string.IsNullOrEmpty(value.ID) ? status : $"{value.ID}: {status}");
        }
    }

    /// <exception cref="InfrastructureException">The engine told of a failure.</exception>
    public void ThrowIfFailed(string what)
    {
        if (_error is not null)
        {
            throw new InfrastructureException($"{what}: {_error}");
        }
    }
}
