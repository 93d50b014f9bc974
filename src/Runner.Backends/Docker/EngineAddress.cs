using System.Globalization;

namespace Runner.Backends.Docker;

/// <summary>Addresses of engines, as <c>DOCKER_HOST</c> and the setting <c>docker.host</c> have them.</summary>
public static class EngineAddress
{
    private static readonly string[] Schemes = ["unix", "tcp", "http", "https", "npipe"];

    /// <summary>Why an address cannot be used, as half a sentence; <c>null</c>: it can.</summary>
    public static string? WhyNot(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out var parsed) || (parsed.Scheme is "tcp" or "http" or "https" && parsed.Host.Length == 0))
        {
            return $"'{address}' is no address of an engine, expected unix:///path or tcp://host:port";
        }

        return parsed.Scheme switch
        {
            "ssh" => $"'{address}' is an engine behind ssh, which is not spoken here: forward its socket"
                + $" (ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock {Login(parsed)}) and name unix:///tmp/docker.sock",
            var scheme when !Schemes.Contains(scheme) => $"'{address}' begins with '{scheme}:', expected unix:///path or tcp://host:port",
            _ => null,
        };
    }

    private static string Login(Uri address)
    {
        var user = address.UserInfo.Length > 0 ? address.UserInfo.Split(':')[0] + "@" : string.Empty;
        return address.IsDefaultPort || address.Port < 0 ? user + address.Host : string.Create(CultureInfo.InvariantCulture, $"-p {address.Port} {user}{address.Host}");
    }
}
