using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Network;
using Runner.Worker.Hosting;

namespace Runner.Worker.Http;

/// <summary>Tells the steps of a job by which proxies they go and whom they trust: as the lowest layer of their environment, which everything wins over.</summary>
internal static class StepNetwork
{
    private const string FolderName = "_runner_certificates";

    /// <summary>The worker's environment with what the payload says of the network, after the files that it names were written.</summary>
    /// <exception cref="InfrastructureException">They cannot be written.</exception>
    public static IReadOnlyDictionary<string, string> Lay(WorkerHost host, LaunchPayload payload)
    {
        if (payload is { Proxy: null, ExtraCertificates: null })
        {
            return host.Environment;
        }

        var variables = new Dictionary<string, string>(host.Environment, StringComparer.Ordinal);
        foreach (var (name, value) in payload.Proxy is { } proxy ? NetworkVariables.Of(proxy) : [])
        {
            variables[name] = value;
        }

        foreach (var (name, value) in payload.ExtraCertificates is { } certificates ? WriteCertificates(host, payload.Paths, certificates) : [])
        {
            variables[name] = value;
        }

        return variables;
    }

    // In the folder for temporary files: containers of actions see it, too.
    private static IEnumerable<KeyValuePair<string, string>> WriteCertificates(WorkerHost host, WorkPaths paths, string certificates)
    {
        var folder = Path.Combine(paths.Temp, FolderName);
        var (bundle, further) = (Path.Combine(folder, "ca-certificates.crt"), Path.Combine(folder, "further.crt"));
        try
        {
            Directory.CreateDirectory(folder);
            Write(bundle, new CertificateBundle(host.Environment.GetValueOrDefault("SSL_CERT_FILE"), host.Folder, certificates).ReadText());
            Write(further, certificates);
            Open(folder, UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InfrastructureException($"The CA certificates cannot be written for the job's steps: {error.Message}", error);
        }

        return NetworkVariables.OfCertificates(bundle, further);
    }

    private static void Write(string file, string text)
    {
        File.WriteAllText(file, text);
        Open(file, UnixFileMode.None);
    }

    // For users of other images, who share the folder.
    private static void Open(string path, UnixFileMode further)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, further | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
    }
}
