using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Runner.Backends.Docker;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Running;

/// <summary>
/// Where an engine may be found whose address nobody named: the context that <c>docker</c> itself uses, then the sockets of Docker,
/// rootless Docker, Docker Desktop, Colima, Rancher Desktop, OrbStack and Podman, in this order.
/// </summary>
internal sealed class EngineSearch(CliSurroundings surroundings)
{
    private readonly string _home = surroundings.Variable("HOME") ?? "/";

    /// <summary>Addresses to ask, likeliest first. Sockets that are not there are among them: who finds none says where it looked.</summary>
    public IReadOnlyList<string> Candidates()
    {
        var sockets = Sockets().Select(path => $"unix://{path}");
        return [.. (OfContext() is { } context ? sockets.Prepend(context) : sockets).Distinct()];
    }

    /// <summary>The first that answers, or <c>null</c>.</summary>
    public async Task<string?> FindAsync(CancellationToken cancellationToken)
    {
        foreach (var address in Candidates())
        {
            if (MayBeThere(address) && await DockerBackend.AnswersAsync(address, cancellationToken))
            {
                return address;
            }
        }

        return null;
    }

    private static bool MayBeThere(string address) =>
        EngineAddress.WhyNot(address) is null && (!address.StartsWith("unix://", StringComparison.Ordinal) || File.Exists(address["unix://".Length..]));

    private IEnumerable<string> Sockets()
    {
        yield return "/var/run/docker.sock";
        var runtime = surroundings.Variable("XDG_RUNTIME_DIR");
        if (runtime is not null)
        {
            yield return Path.Combine(runtime, "docker.sock");
        }

        foreach (var path in (string[])
            [
                ".docker/run/docker.sock", ".docker/desktop/docker.sock", ".colima/default/docker.sock", ".config/colima/default/docker.sock",
                ".rd/docker.sock", ".orbstack/run/docker.sock",
            ])
        {
            yield return Path.Combine(_home, path);
        }

        if (runtime is not null)
        {
            yield return Path.Combine(runtime, "podman/podman.sock");
        }

        yield return "/run/podman/podman.sock";
        yield return Path.Combine(_home, ".local/share/containers/podman/machine/podman.sock");
    }

    // docker keeps each context in a folder named by the digest of its name (docker/cli, context store).
    private string? OfContext()
    {
        var folder = surroundings.Variable("DOCKER_CONFIG") ?? Path.Combine(_home, ".docker");
        var name = surroundings.Variable("DOCKER_CONTEXT") ?? Text(Path.Combine(folder, "config.json"), "currentContext");
        if (name is null or "default")
        {
            return null;
        }

        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        return Text(Path.Combine(folder, "contexts", "meta", id, "meta.json"), "Endpoints", "docker", "Host");
    }

    private static string? Text(string file, params ReadOnlySpan<string> path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var at = document.RootElement;
            foreach (var name in path)
            {
                if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                {
                    return null;
                }
            }

            return at.ValueKind == JsonValueKind.String ? at.GetString() : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // docker's own file, of no use to us as it is
        }
    }
}
