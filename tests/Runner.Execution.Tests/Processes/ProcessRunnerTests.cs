using System.Diagnostics;
using Runner.Execution.Processes;
using Runner.Testing;

namespace Runner.Execution.Tests.Processes;

public sealed class ProcessRunnerTests
{
    private readonly RecordingSink _output = new();
    private readonly WaitableTime _time = new();

    private static CancellationToken TestToken => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("exit 0", 0, null)]
    [InlineData("exit 1", 1, null)]
    [InlineData("exit 42", 42, null)]
    [InlineData("exit 255", 255, null)]
    [InlineData("kill -KILL $$", 137, 9)]
    [InlineData("kill -TERM $$", 143, 15)]
    [InlineData("kill -SEGV $$", 139, 11)]
    public async Task Exit_is_the_code_or_128_and_the_signal(string script, int code, int? signal)
    {
        var exit = await RunAsync(script);

        Assert.Equal(new ProcessExit(code, signal), exit);
    }

    [Fact(Timeout = 120_000)]
    public async Task Two_hundred_thousand_lines_of_both_streams_come_in_the_order_they_were_printed()
    {
        const string Script = """
            import os
            for i in range(200000):
                os.write(1 + i % 2, b"line %d\n" % i)
            """;

        var exit = await RunAsync(Script, "/usr/bin/env", "python3", "-c");

        Assert.Equal(0, exit.Code);
        Assert.Equal(Enumerable.Range(0, 200_000).Select(i => $"line {i}"), _output.Lines);
    }

    [Fact]
    public async Task Standard_input_is_empty()
    {
        await RunAsync("cat; echo done");

        Assert.Equal(["done"], _output.Lines);
    }

    [Fact]
    public async Task Signals_have_their_defaults_and_none_is_blocked()
    {
        await RunAsync("grep -E 'Sig(Blk|Ign)' /proc/self/status; yes | head -n 1; echo ${PIPESTATUS[0]}", "/bin/bash", "-c");

        // 32 and 33 are glibc's own: its posix_spawn leaves them ignored.
        Assert.Equal("SigBlk:\t0000000000000000", _output.Lines[0]);
        Assert.Matches("^SigIgn:\t0000000[01][08]0000000$", _output.Lines[1]);
        Assert.Equal(["y", "141"], _output.Lines[2..]);
    }

    [Fact]
    public async Task Process_leads_a_group_of_its_own()
    {
        await RunAsync("read -r stat < /proc/$$/stat; set -- $stat; [ $5 = $$ ] && echo leader");

        Assert.Equal(["leader"], _output.Lines);
    }

    [Fact]
    public async Task Environment_and_folder_are_those_given_and_nothing_else()
    {
        await RunAsync("pwd; /usr/bin/env | grep -v -E '^(PWD|_|SHLVL|OLDPWD)='");

        Assert.Equal(["/usr", "A=ä", "PATH=/usr/bin:/bin"], _output.Lines.Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 30_000)]
    public async Task Kernel_is_told_to_kill_steps_before_the_worker()
    {
        var exit = await RunAsync("while [ \"$(cat /proc/$$/oom_score_adj)\" != 500 ]; do :; done");

        Assert.Equal(0, exit.Code);
    }

    [Fact]
    public async Task Descriptors_of_the_worker_are_not_inherited()
    {
        using var secret = File.Open("/proc/self/cmdline", FileMode.Open, FileAccess.Read);

        await RunAsync("ls /proc/$$/fd");

        Assert.Equal(["0", "1", "2"], _output.Lines.Where(line => line is not "10" and not "255"));
    }

    [Theory]
    [InlineData("/no/such/program", "/", "'/no/such/program' could not be started in '/': No such file or directory")]
    [InlineData("/etc/passwd", "/", "'/etc/passwd' could not be started in '/': Permission denied")]
    [InlineData("/bin/sh", "/no/such/folder", "The working directory '/no/such/folder' does not exist")]
    [InlineData("/bin/sh\0x", "/", "An argument of the step holds a NUL character (\\0), which no process can be given")]
    public async Task What_cannot_be_started_is_explained(string program, string folder, string message)
    {
        var spec = new ProcessSpec { Program = program, WorkingDirectory = folder, Environment = new Dictionary<string, string>() };

        var error = await Assert.ThrowsAsync<ProcessStartException>(() => Runner().RunAsync(spec, _output, () => { }, TestToken));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public async Task Environment_that_is_too_large_is_explained()
    {
        var spec = Shell("true") with { Environment = new Dictionary<string, string> { ["BIG"] = new('x', 4_000_000) } };

        var error = await Assert.ThrowsAsync<ProcessStartException>(() => Runner().RunAsync(spec, _output, () => { }, TestToken));

        Assert.StartsWith("'/bin/sh' could not be started: its arguments and environment have 40000", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Exit_codes_are_ours_while_NET_waits_for_children_of_its_own()
    {
        var theirs = Enumerable.Range(0, 10).Select(async code =>
        {
            using var process = Process.Start("/bin/sh", ["-c", $"exit {code}"]);
            await process.WaitForExitAsync(TestToken);
            return process.ExitCode;
        }).ToList();
        var ours = Enumerable.Range(0, 50).Select(code => Runner().RunAsync(Shell($"exit {code}"), new RecordingSink(), () => { }, TestToken)).ToList();

        Assert.Equal(Enumerable.Range(0, 50), (await Task.WhenAll(ours)).Select(exit => exit.Code));
        Assert.Equal(Enumerable.Range(0, 10), await Task.WhenAll(theirs));
    }

    [Fact(Timeout = 60_000)]
    public async Task Process_that_obeys_the_interrupt_is_not_killed()
    {
        using var stop = new CancellationTokenSource();
        var running = Runner().RunAsync(Shell("trap 'echo interrupted; exit 3' INT; echo ready; while :; do sleep 0.01; done"), _output, () => { }, stop.Token);
        await _output.Seen("ready");

        await stop.CancelAsync();
        var exit = await running;

        Assert.Equal(ProcessExit.ByCode(3), exit);
        Assert.Equal(["ready", "interrupted"], _output.Lines);
    }

    [Fact(Timeout = 60_000)]
    public async Task Process_that_ignores_the_interrupt_is_terminated_and_then_killed()
    {
        const string Script = "trap 'echo interrupted' INT; trap 'echo terminated' TERM; echo ready; while :; do sleep 0.01; done";
        using var stop = new CancellationTokenSource();
        var running = Runner().RunAsync(Shell(Script), _output, () => { }, stop.Token);
        await _output.Seen("ready");

        await stop.CancelAsync();
        await _output.Seen("interrupted");
        await _time.Waits(ProcessRunner.InterruptGrace);
        _time.Advance(ProcessRunner.InterruptGrace - TimeSpan.FromMilliseconds(1));
        Assert.DoesNotContain("terminated", _output.Lines);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await _output.Seen("terminated");
        await _time.Waits(ProcessRunner.TerminateGrace);
        Assert.False(running.IsCompleted);

        _time.Advance(ProcessRunner.TerminateGrace);
        Assert.Equal(ProcessExit.BySignal(9), await running);
    }

    [Fact(Timeout = 60_000)]
    public async Task Variable_with_a_NUL_character_is_named()
    {
        var spec = Shell("true") with { Environment = new Dictionary<string, string> { ["A"] = "fine", ["B"] = "a\0b" } };

        var error = await Assert.ThrowsAsync<ProcessStartException>(() => Runner().RunAsync(spec, _output, () => { }, TestToken));

        Assert.Equal("'/bin/sh' could not be started: the variable 'B' holds a NUL character (\\0), which no process can be given", error.Message);
    }

    [Fact(Timeout = 60_000)]
    public async Task Signals_are_the_shells_own_so_that_its_traps_have_their_time()
    {
        // The child would die of a signal that it gets; the shell's trap starts further children, which live as long as the trap needs them.
        const string Script = """
            sh -c 'trap "echo child was interrupted" INT; trap "echo child was terminated; exit" TERM; echo ready; while :; do sleep 0.01; done' & child=$!
            trap 'echo interrupted' INT
            trap 'echo terminated; sh -c "sleep 0.2; echo cleaned"; kill $child; exit 4' TERM
            while :; do wait $child; done
            """;
        using var stop = new CancellationTokenSource();
        var running = Runner().RunAsync(Shell(Script), _output, () => { }, stop.Token);
        await _output.Seen("ready");

        await stop.CancelAsync();
        await _output.Seen("interrupted");
        await _time.Waits(ProcessRunner.InterruptGrace);
        _time.Advance(ProcessRunner.InterruptGrace);

        Assert.Equal(ProcessExit.ByCode(4), await running);
        Assert.Equal(["ready", "interrupted", "terminated", "cleaned", "child was terminated"], WithoutSleeps());
    }

    [Fact(Timeout = 60_000)]
    public async Task What_a_stopped_shell_leaves_is_terminated_and_can_say_its_last()
    {
        const string Script = "sh -c 'trap \"echo last words; exit\" TERM; echo ready; while :; do sleep 0.01; done' & wait";
        using var stop = new CancellationTokenSource();
        var running = Runner().RunAsync(Shell(Script), _output, () => { }, stop.Token);
        await _output.Seen("ready");

        await stop.CancelAsync();
        await running;

        Assert.Equal(["ready", "last words"], WithoutSleeps());
    }

    // A shell says so when the `sleep` that it waits for is ended with it.
    private IEnumerable<string> WithoutSleeps() => _output.Lines.Where(line => line != "Terminated");

    [Fact(Timeout = 60_000)]
    public async Task Killing_takes_grandchildren_in_sessions_of_their_own_along()
    {
        using var stop = new CancellationTokenSource();
        var running = Runner().RunAsync(Shell("setsid sh -c 'echo $$ > /proc/self/fd/1; trap \"\" INT TERM; sleep 1000' & wait"), _output, () => { }, stop.Token);
        while (_output.Lines.Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestToken);
        }

        var grandchild = int.Parse(_output.Lines[0], System.Globalization.CultureInfo.InvariantCulture);
        await stop.CancelAsync();
        await _time.Waits(ProcessRunner.TerminateGrace);
        _time.Advance(ProcessRunner.TerminateGrace);
        await running;

        await WaitUntilGoneAsync(grandchild);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_puts_off_session_and_environment_is_killed_with_all_that_descends_from_its_ancestor()
    {
        var running = Runner().RunAsync(
            Shell("echo $$; /usr/bin/env -i /usr/bin/setsid /bin/sh -c '/bin/sleep 1000 & echo $$ $!; wait' & wait; echo over"), _output, () => { }, TestToken);
        while (_output.Lines.Count < 2)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestToken);
        }

        var numbers = _output.Lines.SelectMany(line => line.Split(' ')).Select(word => int.Parse(word, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        var killed = ProcessTree.KillDescendants(numbers[0]);
        await running;

        Assert.Equal(numbers[1..].Order(), killed.Select(entry => entry.Id).Order());
        Assert.Equal("over", _output.Lines[^1]); // the ancestor is left
        await WaitUntilGoneAsync(numbers[1]);
        await WaitUntilGoneAsync(numbers[2]);
    }

    [Fact(Timeout = 60_000)]
    public async Task Server_left_in_the_background_lives_on_after_its_step_ended()
    {
        const string Marker = "RUNNER_TEST_MARK";
        var mark = Guid.NewGuid().ToString();
        var spec = Shell("sleep 1000 & echo $!") with { Environment = new Dictionary<string, string> { [Marker] = mark, ["PATH"] = "/usr/bin:/bin" } };

        var running = Runner().RunAsync(spec, _output, () => { }, TestToken);
        while (_output.Lines.Count == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestToken);
        }

        await _time.Waits(ProcessRunner.OutputGrace);
        Assert.False(running.IsCompleted);
        _time.Advance(ProcessRunner.OutputGrace);

        Assert.Equal(0, (await running).Code);
        var server = int.Parse(Assert.Single(_output.Lines), System.Globalization.CultureInfo.InvariantCulture);
        var orphan = Assert.Single(ProcessTree.KillMarked(Marker, mark));
        Assert.Equal(server, orphan.Id); // its name may still be the shell's, which it has not yet put off
        await WaitUntilGoneAsync(server);
    }

    [Fact(Timeout = 60_000)]
    public async Task Error_of_whoever_takes_the_lines_is_not_lost()
    {
        await Assert.ThrowsAsync<IOException>(() => Runner().RunAsync(Shell("echo hello"), new BrokenSink(), () => { }, TestToken));
    }

    private static async Task WaitUntilGoneAsync(int process)
    {
        while (ProcessTable.Read().Exists(entry => entry.Id == process))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, TestToken);
        }
    }

    private static ProcessSpec Shell(string script) => new()
    {
        Program = "/bin/sh",
        Arguments = ["-c", script],
        WorkingDirectory = "/usr",
        Environment = new Dictionary<string, string> { ["A"] = "ä", ["PATH"] = "/usr/bin:/bin" },
        OomScoreAdjustment = OomScore.OfSteps,
    };

    private ProcessRunner Runner() => new(new PosixProcessLauncher(), _time);

    private Task<ProcessExit> RunAsync(string script, string program = "/bin/sh", params string[] arguments) => Runner().RunAsync(
        Shell(script) with { Program = program, Arguments = arguments.Length == 0 ? ["-c", script] : [.. arguments, script] },
        _output,
        () => { },
        TestToken);

    private sealed class BrokenSink : ILineSink
    {
        public void Line(ReadOnlySpan<byte> line) => throw new IOException("no space left");

        public int TakeOverlong(ReadOnlySpan<byte> start) => throw new IOException("no space left");
    }
}
