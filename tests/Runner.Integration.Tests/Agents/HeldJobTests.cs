using System.Text;
using System.Text.RegularExpressions;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Cluster;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Integration.Tests.Agents;

/// <summary>A job that is held where a step failed, entered by the command that its log says, on a real cluster.</summary>
public sealed partial class HeldJobTests(ClusterFixture cluster)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 180_000)]
    public async Task Pod_of_a_second_attempt_is_entered_as_its_log_says_and_let_go_on_from_there()
    {
        await using var agent = await AgentOn.ClusterAsync(cluster, options => options.Pools[0].HoldOnFailure = TimeSpan.FromMinutes(10), Token);
        var run = agent.Emulator.QueueWorkflow(new WorkflowRequest
        {
            Repository = "acme/app",
            Vars = new Dictionary<string, string> { ["ACTIONS_STEP_DEBUG"] = "true" },
            Workflow = """
                on: push
                jobs:
                  one:
                    runs-on: self-hosted
                    steps:
                      - run: echo left >found
                      - {name: Breaks, run: exit 3, env: {SEEN: by the shell}}
                      - {run: cat found, if: always()}
                """,
        });
        await agent.WaitForRunAsync(run.Id, Token); // a first attempt is not held
        using var http = new HttpClientFixture(agent.Emulator.Url);
        await http.PostAsync($"api/v3/repos/acme/app/actions/runs/{run.Id}/rerun-failed-jobs", Token);
        await Until.TrueAsync(() => agent.Emulator.FindRun(run.Id) is { Attempt: 2 }, Token);
        var (space, pod, shell) = (string.Empty, string.Empty, string.Empty);
        await Until.TrueAsync(
            async () =>
            {
                var again = agent.Emulator.FindRun(run.Id)!; // it was there
                var sofar = await agent.Emulator.ReadLogAsync(again.Job("one").Id, Token) ?? string.Empty;
                Assert.True(again.Conclusion is null, $"The job was not held:\n{sofar}");
                var told = Command().Match(sofar);
                (space, pod, shell) = (told.Groups["space"].Value, told.Groups["pod"].Value, told.Groups["shell"].Value);
                return told.Success;
            },
            Token);
        var shown = new StringBuilder();
        await cluster.Connection.Client.NamespacedPodExecAsync(
            pod, space, "job", ["sh", "-c", $"printf 'echo \"see $SEEN\" >>found; release\\n' | {shell}"], tty: false,
            async (_, output, errors) => shown.Append(await new StreamReader(output).ReadToEndAsync(Token)).Append(await new StreamReader(errors).ReadToEndAsync(Token)),
            Token);
        await Until.TrueAsync(() => agent.Emulator.FindRun(run.Id) is { Attempt: 2, Conclusion: not null }, Token);
        var ended = agent.Emulator.FindRun(run.Id)!.Job("one"); // it was there

        var log = LogLines.Texts(await agent.Emulator.ReadLogAsync(ended.Id, Token) ?? string.Empty);
        Assert.Equal(Conclusion.Failed, ended.Conclusion);
        Assert.Contains("This is the job at its step 'Breaks', which failed.", shown.ToString(), StringComparison.Ordinal);
        Assert.Contains("left", log);
        Assert.Contains("see by the shell", log);
        Assert.Contains(log, line => line.StartsWith("The job was released after ", StringComparison.Ordinal));
    }

    [GeneratedRegex("  kubectl( --kubeconfig '[^']+')? -n (?<space>[^ ]+) exec -it (?<pod>[^ ]+) -c job -- (?<shell>[^ \n]+)\n")]
    private static partial Regex Command();
}
