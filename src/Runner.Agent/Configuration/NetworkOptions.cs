using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Runner.Jobs.Network;

namespace Runner.Agent.Configuration;

/// <summary>Section <c>network</c>: how the agent, its workers and the steps of their jobs reach the outside.</summary>
public sealed record NetworkOptions
{
    /// <summary>The proxies.</summary>
    public ProxyOptions Proxy { get; set; } = new();

    /// <summary>
    /// PEM file of CA certificates that are trusted beside the system's: by the agent, by workers, and by Node.js, git, curl and others in steps. Read anew
    /// for every job. Default: none.
    /// </summary>
    public string? CaFile { get; set; }

    /// <summary>The settings by name, with what is wrong with each.</summary>
    public IEnumerable<(string Path, string Problem)> Validate() => [.. Proxy.Validate(), .. ValidateCa()];

    private IEnumerable<(string Path, string Problem)> ValidateCa()
    {
        const string Setting = "network.caFile";
        if (CaFile is null)
        {
            yield break;
        }

        var problem = string.Empty;
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(File.ReadAllText(CaFile));
            problem = found.Count > 0 ? null : $"'{CaFile}' holds no certificate, expected PEM text (-----BEGIN CERTIFICATE-----)";
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or CryptographicException)
        {
            problem = $"'{CaFile}' cannot be read as certificates: {error.Message}";
        }

        if (problem is not null)
        {
            yield return (Setting, problem);
        }
    }
}

/// <summary>Section <c>network.proxy</c>. What it does not say, the agent's own variables <c>HTTPS_PROXY</c>, <c>HTTP_PROXY</c> and <c>NO_PROXY</c> say.</summary>
public sealed record ProxyOptions
{
    /// <summary>Proxy for addresses of <c>http://</c>, such as <c>http://proxy.example:3128</c>.</summary>
    public string? Http { get; set; }

    /// <summary>Proxy for addresses of <c>https://</c>: nearly all.</summary>
    public string? Https { get; set; }

    /// <summary>
    /// What is reached without: names with all below them (<c>.example.com</c>), addresses, networks (<c>10.0.0.0/8</c>), each with a port or without. The
    /// machine itself, the services of a job and the cluster's own API server always are.
    /// </summary>
    public IList<string> NoProxy { get; set; } = [];

    /// <summary>File with <c>user:password</c> for the proxies, as a mounted Secret gives it.</summary>
    public string? CredentialsFile { get; set; }

    internal IEnumerable<(string Path, string Problem)> Validate()
    {
        (string Name, string? Value)[] addresses = [("http", Http), ("https", Https)];
        foreach (var (name, value) in addresses.Where(address => address.Value is not null))
        {
            if (ProxySettings.AddressOf(value) is not { } proxy)
            {
                var shown = value?.Contains('@', StringComparison.Ordinal) == true ? "no address (it is not shown, as it may hold a password)" : $"'{value}'";
                yield return ($"network.proxy.{name}", $"is {shown}, expected an address such as http://proxy.example:3128");
            }
            else if (proxy.UserInfo.Length > 0)
            {
                yield return ($"network.proxy.{name}", "holds a user name or password: put user:password into a file and name it in network.proxy.credentialsFile");
            }
        }

        if (CredentialsFile is not null && ReadCredentials() is { Problem: { } problem })
        {
            yield return ("network.proxy.credentialsFile", problem);
        }
    }

    /// <summary>User and password; or what is wrong with their file.</summary>
    internal (string? Value, string? Problem) ReadCredentials()
    {
        try
        {
            var text = CredentialsFile is null ? string.Empty : File.ReadAllText(CredentialsFile).Trim();
            return text.Contains(':', StringComparison.Ordinal) && !text.Any(char.IsWhiteSpace)
                ? (text, null)
                : (null, $"'{CredentialsFile}' holds something else than user:password");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return (null, $"'{CredentialsFile}' cannot be read: {error.Message}");
        }
    }
}
