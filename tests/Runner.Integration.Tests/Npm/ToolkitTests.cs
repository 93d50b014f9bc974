using Runner.Emulator.Runs;
using Runner.Integration.Tests.Agents;
using Runner.Integration.Tests.Jobs;
using Runner.Jobs.Outcomes;
using Runner.Testing;

namespace Runner.Integration.Tests.Npm;

/// <summary>GitHub's own npm packages in a JavaScript action, run by emulator, agent and the real worker.</summary>
public sealed class ToolkitTests
{
    private const int Limit = 180_000;

    [Fact(Timeout = Limit)]
    public async Task Every_package_of_the_toolkit_works_in_an_action()
    {
        Assert.SkipUnless(NpmPackages.Has("@actions/core"), NpmPackages.SkipReason);
        var worker = TestWorker.Real();
        using var folder = new TempFolder();
        WriteAction(folder.FullPath);
        await using var agent = await AgentOnHost.StartAsync(
            _ => worker, TestContext.Current.CancellationToken, options => options.Host.Externals = Path.Combine(folder.FullPath, "externals"));

        var run = agent.Emulator.QueueWorkflow(new WorkflowRequest { Workflow = Workflow(folder.FullPath), Repository = "acme/toolkit" });
        var job = Assert.Single((await agent.WaitForRunAsync(run.Id, TestContext.Current.CancellationToken)).Jobs);

        var log = await agent.Emulator.ReadLogAsync(job.Id, TestContext.Current.CancellationToken) ?? string.Empty;
        Assert.True(job.Conclusion == Conclusion.Succeeded, log);
        var lines = LogLines.Texts(log);
        Assert.All(
            (string[])
            [
                "who is world, flag is true, ***", "##[warning]odd, 100%", "##[group]a group", "bash is /usr/bin/bash", "exec gave 3: out of a bash",
                "glob found /files/a.txt /files/deep/b.txt", "hashed 64 letters", """http gave {"ok":true}""", "tool is true true", "artifacts mine: a",
                "cache toolkit-1: a", "outputs: one two, variable: a b, PATH: /added/by/toolkit", "post sees 1 and \"a\\nb\"",
            ],
            line => Assert.True(lines.Contains(line), $"The log lacks '{line}':\n{log}"));
    }

    private static string Workflow(string folder) => $$$"""
        on: push
        jobs:
          one:
            runs-on: self-hosted
            steps:
              - run: |
                  cp -r "{{{folder}}}/toolkit" .
                  ln -s "{{{NpmPackages.Modules}}}" node_modules
              - {id: toolkit, uses: ./toolkit, with: {who: world, flag: true}}
              - run: |
                  echo outputs: $LINES_OF_TOOLKIT, variable: $FROM_TOOLKIT, PATH: ${PATH%%:*}
                env: {LINES_OF_TOOLKIT: '${{ steps.toolkit.outputs.lines }}'}
        """;

    private static void WriteAction(string folder)
    {
        var action = Directory.CreateDirectory(Path.Combine(folder, "toolkit")).FullName;
        File.WriteAllText(
            Path.Combine(action, "action.yml"),
            "inputs: {who: {description: x}, flag: {description: x}}\nruns: {using: node24, main: main.mjs, post: post.mjs}\n");
        foreach (var script in (string[])["main.mjs", "post.mjs"])
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, "Npm", script), Path.Combine(action, script));
        }

        var node = Directory.CreateDirectory(Path.Combine(folder, "externals", "node24", "bin")).FullName;
        File.CreateSymbolicLink(Path.Combine(node, "node"), NpmPackages.Node);
    }
}
