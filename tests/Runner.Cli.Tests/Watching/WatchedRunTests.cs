using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Runner.Testing;

namespace Runner.Cli.Tests.Watching;

/// <summary><c>runner push --watch</c> as a process, with a script in the place of the worker.</summary>
public sealed class WatchedRunTests : IDisposable
{
    private const string Worker = "payload=$(cat)\n" + StandIn.Outcome + """
        outcome=$(printf %s "$payload" | sed 's/.*"outcome":"\([^"]*\)".*/\1/')
        workspace=$(printf %s "$payload" | sed 's/.*"workspace":"\([^"]*\)".*/\1/')
        echo '@event 1 {"type":"jobStarted","jobId":"11111111-1111-1111-1111-111111111111","workerVersion":"1","startedAt":"2026-01-31T08:15:30+00:00"}'
        echo '@event 2 {"type":"line","time":"2026-01-31T08:15:30+00:00","text":"a is '$(cat "$workspace/a")'"}'
        end=succeeded; [ ! -e "$workspace/fail" ] || end=failed
        echo '@event 3 {"type":"jobEnded","conclusion":"'$end'"}'
        outcome_of "$end" reported >"$outcome"
        """;

    private readonly TempFolder _folder = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _printed = new(0);

    public WatchedRunTests()
    {
        Directory.CreateDirectory(_folder["app/.github/workflows"]);
        Write("app/.github/workflows/ci.yml", "on: push\njobs:\n  build: {runs-on: ubuntu-latest, steps: [{run: make}]}\n");
        Write("app/.actrc", $"backend: host\nhost:\n  worker: {_folder.Script("worker", Worker)}\n  root: {_folder["jobs"]}\n");
        Write("app/a", "first");
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _folder.Dispose();
        _printed.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task Runs_again_after_each_change_whatever_came_of_it_until_it_is_interrupted()
    {
        using var program = Start("push", "--watch", "-v");
        await PrintedAsync("a is first");
        await PrintedAsync("waiting for changes");
        Write("app/a", "second");
        await PrintedAsync("a changed, running again");
        await PrintedAsync("a is second");
        await PrintedAsync("waiting for changes");
        Write("app/fail", string.Empty);
        await PrintedAsync("1 failed");
        await PrintedAsync("waiting for changes");
        Write("app/.github/workflows/ci.yml", "on: push\njobs: [");
        await PrintedAsync("nothing is run before these mistakes are mended");
        await PrintedAsync("waiting for changes");

        Signal(program, "TERM"); // INT is ignored by what a shell started in the background
        await program.WaitForExitAsync(Token);

        Assert.Equal(2, program.ExitCode); // of the last run
    }

    private Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "runner.dll"), .. arguments])
        {
            WorkingDirectory = _folder["app"], RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["HOME"] = _folder.FullPath;
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += Take;
        process.ErrorDataReceived += Take;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;

        void Take(object sender, DataReceivedEventArgs line)
        {
            _lines.Enqueue(line.Data ?? string.Empty);
            _printed.Release();
        }
    }

    // From where the last one was found on.
    private async Task PrintedAsync(string text)
    {
        var seen = new List<string>();
        while (true)
        {
            while (_lines.TryDequeue(out var line))
            {
                seen.Add(line);
                if (line.Contains(text, StringComparison.Ordinal))
                {
                    return;
                }
            }

            Assert.True(await _printed.WaitAsync(TimeSpan.FromSeconds(60), Token), $"'{text}' was not printed, but\n{string.Join('\n', seen)}");
        }
    }

    private static void Signal(Process process, string name)
    {
        using var kill = Process.Start("/bin/kill", [$"-{name}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private void Write(string name, string text) => File.WriteAllText(_folder[name], text);
}
