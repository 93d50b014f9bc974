using Runner.Jobs.Errors;
using Runner.Worker.Http;
using Runner.Worker.Jobs;

namespace Runner.Worker.Commands;

/// <summary>
/// <c>runner-worker setup --from SECRET_DIR --to PAYLOAD_DIR --bin DIR [--externals DIR] [--keep DIR]</c>: the pod's set-up container. Puts the worker
/// where the job's container finds it, and moves the payload from its Secret to memory.
/// </summary>
internal static class SetupCommand
{
    private const string WorkerName = "runner-worker";
    private const string PayloadName = "payload.json";
    private const string ExternalsName = "externals";

    private const UnixFileMode Executable = ReadableByAll | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private const UnixFileMode ReadableByAll =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Runs it; gives the exit code.</summary>
    /// <exception cref="InfrastructureException">A file could not be copied.</exception>
    public static int Run(Arguments arguments, WorkerHost host)
    {
        try
        {
            // The payload first: it is small, and without it the rest is for nothing.
            var payload = Path.Combine(arguments["--to"], PayloadName);
            File.Copy(Path.Combine(arguments["--from"], PayloadName), payload, overwrite: true);

            // The job's container may run as another user, who must read it and remove it; no step has run by then.
            SetMode(payload, ReadableByAll);
            SetupNote.Leave(arguments["--to"], host.Started);

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
                externals.Provide(target, keep: arguments.Find("--keep"), Console.Error);
            }

            return ExitCodes.Ok;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InfrastructureException($"The job's container could not be set up: {exception.Message}", exception);
        }
    }

    private static void Install(string source, string target, UnixFileMode mode)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(target) ?? "/");
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
