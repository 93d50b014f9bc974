using System.Diagnostics;
using Runner.Jobs.Errors;
using Runner.Testing;
using Runner.Worker.Commands;
using Runner.Worker.Hosting;
using Runner.Worker.Jobs;
using Runner.Worker.Logging;

namespace Runner.Worker.Tests.Commands;

public sealed class CommandsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Set_up_puts_worker_bundle_node_and_payload_where_the_job_finds_them()
    {
        Directory.CreateDirectory(_folder["image/externals/node20/bin"]);
        Directory.CreateDirectory(_folder["secret"]);
        File.WriteAllText(_folder["image/ca-certificates.crt"], "pem");
        File.WriteAllText(_folder["image/externals/node20/bin/node"], "node");
        File.SetUnixFileMode(_folder["image/externals/node20/bin/node"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        File.CreateSymbolicLink(_folder["image/externals/node"], "node20");
        File.WriteAllText(_folder["secret/payload.json"], "{}");

        var exitCode = SetupCommand.Run(SetUpArguments(), Host("image"));

        Assert.Equal(0, exitCode);
        Assert.Equal("{}", File.ReadAllText(_folder["payload/payload.json"]));
        Assert.True(File.GetUnixFileMode(_folder["bin/runner-worker"]).HasFlag(UnixFileMode.OtherExecute));
        Assert.Equal("pem", File.ReadAllText(_folder["bin/ca-certificates.crt"]));
        Assert.True(File.GetUnixFileMode(_folder["externals/node20/bin/node"]).HasFlag(UnixFileMode.UserExecute));
        Assert.Equal("node20", new FileInfo(_folder["externals/node"]).LinkTarget);
        Assert.All(["payload", "payload/payload.json", "payload/setup-started", "bin", "bin/runner-worker", "externals", "externals/node20/bin"], AssertOpen);
        Assert.Equal(File.ReadAllText("/etc/hosts") + "\n127.0.0.1\tmy_db my_cache\n", File.ReadAllText(_folder["hosts"]));
        Assert.Equal(Host("image").Started, SetupNote.Take(_folder["payload"]));

        // The job's container may run as any user, who reads all and removes the payload.
        void AssertOpen(string path)
        {
            var isFolder = Directory.Exists(_folder[path]);
            var expected = path == "payload" ? 0b111 : isFolder ? 0b101 : 0b100;
            Assert.Equal(expected, (int)File.GetUnixFileMode(_folder[path]) & expected);
        }
    }

    [Fact]
    public void Set_up_without_a_payload_says_what_is_missing()
    {
        var exception = Assert.Throws<InfrastructureException>(() => SetupCommand.Run(SetUpArguments(), Host("image")));

        Assert.StartsWith("The job's container could not be set up: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains("payload.json", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Set_up_ahead_of_a_job_brings_the_worker_alone()
    {
        Directory.CreateDirectory(_folder["image"]);

        var exitCode = SetupCommand.Run(Arguments.Parse(["setup", "--bin", _folder["bin"]], ["--bin"], []), Host("image"));

        Assert.Equal(0, exitCode);
        Assert.Equal(["bin/runner-worker"], Directory.EnumerateFiles(_folder.FullPath, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_folder.FullPath, file)));
    }

    [Fact(Timeout = 30_000)]
    public async Task Cancel_signals_the_process_that_the_worker_noted()
    {
        using var process = Process.Start("/bin/sleep", "60");
        File.WriteAllText(_folder["worker.pid"], process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        using var error = new StringWriter();

        var exitCode = CancelCommand.Run(Arguments.Parse(["cancel", "--grace", "30", "--spool", _folder.FullPath], [], ["--grace", "--spool"]), error);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, exitCode);
        Assert.Equal(128 + WorkerSignals.Cancel, process.ExitCode);
    }

    [Fact]
    public void Cancel_without_a_worker_says_so()
    {
        using var error = new StringWriter();

        var exitCode = CancelCommand.Run(Arguments.Parse(["cancel", "--spool", _folder.FullPath], [], ["--grace", "--spool"]), error);

        Assert.Equal(69, exitCode);
        Assert.Equal($"runner-worker: no worker has noted its process in {_folder.FullPath}", error.ToString().TrimEnd());
    }

    [Fact]
    public async Task Link_without_a_worker_says_so()
    {
        using var error = new StringWriter();

        var exitCode = await LinkCommand.RunAsync(
            Arguments.Parse(["link", "--spool", _folder.FullPath], [], ["--spool"]), Stream.Null, Stream.Null, error);

        Assert.Equal(69, exitCode);
        Assert.StartsWith($"runner-worker: no worker listens at {_folder["link.sock"]}: ", error.ToString(), StringComparison.Ordinal);
    }

    public static TheoryData<string[], string> Mistakes => new()
    {
        // arguments                     message
        { ["job"],                       "option '--payload' is missing" },
        { ["job", "--payload"],          "option '--payload' has no value" },
        { ["job", "--paylod", "-"],      "unknown option '--paylod'; expected --payload" },
    };

    [Theory, MemberData(nameof(Mistakes))]
    public void Wrong_arguments_are_told(string[] args, string message) =>
        Assert.Equal(message, Assert.Throws<UsageException>(() => Arguments.Parse(args, ["--payload"], [])).Message);

    private Arguments SetUpArguments() => Arguments.Parse(
        ["setup", "--from", _folder["secret"], "--to", _folder["payload"], "--bin", _folder["bin"], "--externals", _folder["externals"], "--hosts", _folder["hosts"], "--names", "my_db,my_cache"],
        ["--bin"],
        ["--from", "--to", "--externals", "--keep", "--link", "--hosts", "--names"]);

    private WorkerHost Host(string folder) => new()
    {
        Environment = new Dictionary<string, string>(),
        Folder = _folder[folder],
        Started = new DateTimeOffset(2026, 1, 31, 8, 0, 0, TimeSpan.Zero),
        Time = TimeProvider.System,
        Loggers = new StderrLoggerFactory(TextWriter.Null, TimeProvider.System),
    };
}
