using Runner.Jobs.Errors;
using Runner.Worker.Hosting;
using Runner.Worker.Http;
using Runner.Worker.Jobs;

namespace Runner.Worker.Commands;

/// <summary>
/// <c>runner-worker setup --bin DIR [--from SECRET_DIR --to PAYLOAD_DIR] [--externals DIR] [--keep DIR|--link DIR] [--hosts FILE --names A,B]</c>: the pod's set-up
/// container. Puts the worker where the job's container finds it, and moves the payload, if there is one yet, from its Secret to memory.
/// </summary>
/// <remarks>
/// The job's container may run as any user, and this one as another that is not root either. So whatever it leaves says by its mode who may read and
/// remove it, and the mask of the image counts for nothing.
/// </remarks>
internal static class SetupCommand
{
    private const string WorkerName = "runner-worker";
    private const string PayloadName = "payload.json";
    private const string ExternalsName = "externals";
    private const string Hosts = "/etc/hosts";

    // Whoever may write to a folder may remove what others left there.
    private const UnixFileMode OpenToAll = (UnixFileMode)0b111_111_111;
    private const UnixFileMode Executable = ReadableByAll | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode ReadableByAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Runs it; gives the exit code.</summary>
    /// <exception cref="UsageException">It is not said where the payload goes.</exception>
    /// <exception cref="InfrastructureException">A file could not be copied.</exception>
    public static int Run(Arguments arguments, WorkerHost host)
    {
        try
        {
            // The payload first: it is small, and without it the rest is for nothing.
            if (arguments.Find("--from") is { } secret)
            {
                MovePayload(secret, arguments.Find("--to") ?? throw new UsageException("option '--to' is missing"), host.Started);
            }

            Install(Environment.ProcessPath ?? Path.Combine(host.Folder, WorkerName), Path.Combine(arguments["--bin"], WorkerName), Executable);
            var bundle = Path.Combine(host.Folder, CertificateBundle.FileName);
            if (File.Exists(bundle))
            {
                Install(bundle, Path.Combine(arguments["--bin"], CertificateBundle.FileName), ReadableByAll);
            }

            var externals = new ExternalsFolder(Path.Combine(host.Folder, ExternalsName), host.Time);
            if (arguments.Find("--keep") is { } keep)
            {
                ExternalsFolder.Make(keep, Console.Error);
            }

            if (arguments.Find("--externals") is { } target)
            {
                externals.Provide(target, keep: arguments.Find("--keep"), link: arguments.Find("--link"), Console.Error);
            }

            if (arguments.Find("--hosts") is { } hosts)
            {
                WriteHosts(hosts, arguments["--names"]);
            }

            return ExitCodes.Ok;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InfrastructureException($"The job's container could not be set up: {exception.Message}", exception);
        }
    }

    // Its folder and the file are open to all, which no step sees: the worker takes them before it runs the first.
    private static void MovePayload(string from, string to, DateTimeOffset started)
    {
        Directory.CreateDirectory(to);
        SetMode(to, OpenToAll);
        var payload = Path.Combine(to, PayloadName);
        File.Copy(Path.Combine(from, PayloadName), payload, overwrite: true);
        SetMode(payload, ReadableByAll);
        SetMode(SetupNote.Leave(to, started), ReadableByAll);
    }

    // The kubelet's own file has the pod's address and name, and the names that the API server takes.
    private static void WriteHosts(string path, string names)
    {
        File.Copy(Hosts, path, overwrite: true);
        File.AppendAllText(path, $"\n127.0.0.1\t{names.Replace(',', ' ')}\n");
        SetMode(path, ReadableByAll);
    }

    private static void Install(string source, string target, UnixFileMode mode)
    {
        var folder = Path.GetDirectoryName(target) ?? "/";
        Directory.CreateDirectory(folder);
        SetMode(folder, Executable);
        File.Copy(source, target, overwrite: true);
        SetMode(target, mode);
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
