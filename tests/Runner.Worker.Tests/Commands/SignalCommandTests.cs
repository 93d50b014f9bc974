using Runner.Testing;
using Runner.Worker.Commands;

namespace Runner.Worker.Tests.Commands;

public sealed class SignalCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void First_process_of_the_own_container_is_found_whatever_it_is_called()
    {
        Process(1, "0::/../job", "(runner-worker)", 100);
        Process(40, "0::/", "(sh -c (1) 2 3)", 900);
        Process(41, "0::/", "(tail)", 901);
        Process(50, "0::/../other", "(sh)", 500);
        Process(60, "0::/", "(runner-worker)", 1000);

        Assert.Equal(40, SignalCommand.FindFirst(_folder.FullPath, self: 60));
    }

    [Fact]
    public void Process_that_is_alone_has_nobody_to_signal()
    {
        Process(1, "0::/../job", "(runner-worker)", 100);
        Process(60, "0::/", "(runner-worker)", 1000);

        Assert.Null(SignalCommand.FindFirst(_folder.FullPath, self: 60));
    }

    [Fact(Timeout = 30_000)]
    public async Task Signal_reaches_the_process_that_was_found()
    {
        using var process = System.Diagnostics.Process.Start("sleep", "60");
        Process(process.Id, "0::/", "(sleep)", 900);
        Process(Environment.ProcessId, "0::/", "(tests)", 1000);

        var exitCode = SignalCommand.Run("TERM", TextWriter.Null, _folder.FullPath);

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, 128 + 15), (exitCode, process.ExitCode));
    }

    [Fact]
    public void Signal_that_is_none_of_the_three_is_refused()
    {
        var error = Assert.Throws<UsageException>(() => SignalCommand.Run("HUP", TextWriter.Null, _folder.FullPath));

        Assert.Equal("--name must be INT, TERM, KILL, not 'HUP'", error.Message);
    }

    private void Process(int id, string cgroup, string name, int start)
    {
        Directory.CreateDirectory(_folder[$"{id}"]);
        File.WriteAllText(_folder[$"{id}/cgroup"], cgroup + "\n");
        var between = string.Join(' ', Enumerable.Range(0, 18)); // fields 4 to 21
        File.WriteAllText(_folder[$"{id}/stat"], $"{id} {name} S {between} {start} 4096\n");
    }
}
