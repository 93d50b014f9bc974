using Runner.Emulator.Console;
using Runner.Emulator.Runs;
using Runner.Jobs.Outcomes;

namespace Runner.Emulator.Tests.Console;

public sealed class ConsoleTests
{
    [Theory]
    [InlineData(true, "\u001b[36;1mecho hello\u001b[0m")]
    [InlineData(false, "echo hello")]
    public void Line_keeps_its_own_colours_only_where_colours_are_written(bool useColors, string expected) =>
        Assert.Equal(expected, LogLine.Show("\u001b[36;1mecho hello\u001b[0m", new ConsoleStyle(useColors)));

    [Fact(Timeout = 60_000)]
    public async Task A_run_is_printed_as_it_goes_with_a_table_at_its_end()
    {
        await using var emulator = await TestEmulator.StartAsync();
        var client = new EmulatorClient(emulator.Http);
        emulator.Http.BaseAddress = emulator.Server.Url;
        var run = await client.QueueAsync(
            new WorkflowRequest
            {
                Workflow = """
                    name: Small
                    on: push
                    jobs:
                      build:
                        runs-on: self-hosted
                        steps:
                          - run: make
                      later:
                        needs: build
                        runs-on: self-hosted
                        steps:
                          - run: make
                    """,
            },
            TestEmulator.Token);
        await using var output = new StringWriter();
        var printing = new EmulatorConsole(client, output, useColors: false).FollowRunAsync(run.Id, TestEmulator.Token);

        var runner = await emulator.OnlineRunnerAsync("pod-7");
        var job = await runner.TakeJobAsync(TestEmulator.Token);
        var step = Guid.NewGuid();
        using var running = await job.UpdateStepAsync(step, 1, "Run make", 3, 0, TestEmulator.Token);
        using var ended = await job.UpdateStepAsync(step, 1, "Run make", 6, 3, TestEmulator.Token);
        await job.UploadLogAsync(
            null, "2026-01-31T08:15:30.1234567Z ##[group]Run make\n2026-01-31T08:15:30.1234567Z ##[endgroup]\n2026-01-31T08:15:30.1234567Z ##[error]no rule\n", 3, TestEmulator.Token);
        using var completed = await job.CompleteAsync(TestEmulator.Token, "failed", ""","outputs":{"v":{"value":"1"}}""");
        var conclusion = await printing;

        Assert.Equal(Conclusion.Failed, conclusion);
        var seconds = System.Text.RegularExpressions.Regex.Replace(output.ToString(), @"\d+\.\d s", "N s");
        Assert.Equal(
            """
            run 1: Small
            build | queued for self-hosted
            build | started on pod-7
            build | ▶ Run make
            build | ✗ Run make (N s)
            build |   ▸ Run make
            build |   Error: no rule
            build | ✗ failed in N s
            later | - skipped

            run 1: Small  failed
              ✗ build  failed   N s  pod-7
                  ✗ Run make
                  v = 1
              - later  skipped

            """,
            seconds,
            ignoreLineEndingDifferences: true);
    }
}
