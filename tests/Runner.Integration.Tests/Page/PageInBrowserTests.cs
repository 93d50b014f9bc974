using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Agents;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Integration.Tests.Page;

/// <summary>The page of a real agent with real jobs, in a real browser and in a terminal.</summary>
public sealed class PageInBrowserTests
{
    private const int Limit = 120_000;
    private const string Hostile = "<img src=x onerror=window.pwned=true>";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = Limit)]
    public async Task Browser_shows_jobs_without_script_then_changes_and_the_log_as_they_come()
    {
        await using var test = await StartAsync();
        var (go, first) = await RunAsync(test, "watched");
        await using var browser = BrowserScript.Start("Page/watch.mjs", test.Agent!.Page!.AbsoluteUri, $"{first.Id}", Hostile); // it runs, with a page

        var plain = await browser.NextAsync(Token);
        Assert.Contains("test", Texts(plain, "pools")[0], StringComparison.Ordinal);
        Assert.Contains("watched", Texts(plain, "jobs")[0], StringComparison.Ordinal);
        Assert.Contains("running", Texts(plain, "jobs")[0], StringComparison.Ordinal);
        Assert.Equal(1, plain.GetProperty("refresh").GetInt32());

        var live = await browser.NextAsync(Token);
        Assert.Contains(Texts(live, "links"), link => link.StartsWith(test.Emulator.Url.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal) && link.Contains("/actions/runs/", StringComparison.Ordinal));
        var (goNext, _) = await RunAsync(test, Hostile);
        var changed = await browser.NextAsync(Token);
        Assert.True(changed.GetProperty("same").GetBoolean());
        Assert.False(changed.GetProperty("pwned").GetBoolean());
        Assert.Equal(["watched", Hostile], Texts(changed, "names"));

        var before = (await browser.NextAsync(Token)).GetProperty("log").GetString();
        Assert.DoesNotContain("a line after", before, StringComparison.Ordinal);
        await File.WriteAllTextAsync(go, string.Empty, Token);
        await File.WriteAllTextAsync(goNext, string.Empty, Token);
        var end = await browser.NextAsync(Token);
        Assert.Contains("the key is ***", end.GetProperty("log").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("correct-horse", end.GetProperty("log").GetString(), StringComparison.Ordinal);
        Assert.Contains(Hostile, end.GetProperty("log").GetString(), StringComparison.Ordinal);
        Assert.False(end.GetProperty("pwned").GetBoolean());
        Assert.Equal("[]", end.GetProperty("errors").GetRawText());
        await browser.EndAsync(Token);
    }

    [Fact(Timeout = Limit)]
    public async Task Terminal_shows_the_same()
    {
        var program = Repository.Artifact("runner");
        await using var test = await StartAsync();
        var (go, job) = await RunAsync(test, "watched");

        var status = await PrintAsync(program, test, "status");
        var jobs = await PrintAsync(program, test, "jobs", "--json");
        var log = await PrintAsync(program, test, ["logs", "watched", "-f"], line =>
        {
            if (line.Contains("***", StringComparison.Ordinal))
            {
                File.WriteAllText(go, string.Empty);
            }
        });

        Assert.Matches(@"(?m)^agent-1: ready, jobs of 127\.0\.0\.1/acme on host", status);
        Assert.Matches(@"(?m)^test +1 +0 +2 +1 +- +-", status);
        Assert.Contains($"{job.Id}", jobs, StringComparison.Ordinal);
        Assert.Matches("(?s)a line before.*the key is \\*\\*\\*.*a line after", log);
    }

    private static Task<AgentOnHost> StartAsync()
    {
        var worker = TestWorker.Real();
        return AgentOnHost.StartAsync(_ => worker, Token);
    }

    // A job that prints, waits for a file, and prints again.
    private static async Task<(string Go, JobInfo Job)> RunAsync(AgentOnHost test, string name)
    {
        var go = Path.Combine(test.Folder, Guid.NewGuid().ToString("N"));
        var run = test.Emulator.QueueWorkflow(new WorkflowRequest
        {
            Workflow = $$$"""
                on: push
                jobs:
                  one:
                    name: "{{{name}}}"
                    runs-on: self-hosted
                    steps:
                      - name: Wait
                        env:
                          KEY: ${{ secrets.KEY }}
                        run: |
                          line="a line" # the command, too, is in the log
                          echo "$line before"
                          echo "the key is $KEY"
                          echo '{{{Hostile}}}'
                          while [ ! -e {{{go}}} ]; do sleep 0.05; done
                          echo "$line after"

                """,
            Secrets = new Dictionary<string, string> { ["KEY"] = "correct-horse" },
        });
        var job = run.Jobs[0];
        await test.Emulator.WaitForJobAsync(job.Id, found => found.Steps.Any(step => step is { Name: "Wait", Status: StepStatus.InProgress }), Token);
        return (go, job);
    }

    private static Task<string> PrintAsync(string program, AgentOnHost test, params string[] arguments) => PrintAsync(program, test, arguments, _ => { });

    private static async Task<string> PrintAsync(string program, AgentOnHost test, string[] arguments, Action<string> printed)
    {
        var start = new ProcessStartInfo(program, [.. arguments, "--agent", test.Agent!.Page!.AbsoluteUri]) { RedirectStandardOutput = true }; // it runs, with a page
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} could not be started");
        var output = new StringBuilder();
        while (await process.StandardOutput.ReadLineAsync(Token) is { } line)
        {
            output.AppendLine(line);
            printed(line);
        }

        await process.WaitForExitAsync(Token);
        Assert.Equal(0, process.ExitCode);
        return output.ToString();
    }

    private static List<string> Texts(JsonElement seen, string name) => [.. seen.GetProperty(name).EnumerateArray().Select(text => text.GetString() ?? string.Empty)];
}
