using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Runner.Testing.Docker;

/// <summary>A registry that takes connections and never answers: a pull from it is under way for as long as the test likes.</summary>
public sealed class SilentRegistry : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    /// <summary>Begins to listen.</summary>
    public SilentRegistry() => _listener.Start();

    /// <summary>An image of it.</summary>
    public string Image => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/slow/image:1");

    /// <summary>Waits until somebody wants something of it.</summary>
    public async Task<IDisposable> AskedAsync(CancellationToken cancellationToken) => await _listener.AcceptSocketAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
