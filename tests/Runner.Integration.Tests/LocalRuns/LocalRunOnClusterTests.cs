using System.Diagnostics;
using System.Net;
using k8s;
using Runner.Integration.Tests.Agents;
using Runner.Integration.Tests.Cluster;
using Runner.Testing;
using Runner.Testing.Network;

namespace Runner.Integration.Tests.LocalRuns;

/// <summary><c>runner push --backend kubernetes</c> on a real cluster, with the real worker.</summary>
public sealed class LocalRunOnClusterTests(ClusterFixture cluster) : IAsyncLifetime
{
    private const int Limit = 300_000;

    private readonly TempFolder _folder = new();
    private string _namespace = string.Empty;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _namespace = await cluster.NewNamespaceAsync(Token);
        var image = await cluster.RealWorkerImageAsync(TestWorker.Real());
        Write(".actrc", $"kubernetes:\n  runnerImage: {image}\n  defaultImage: {cluster.JobImage}\n");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact(Timeout = Limit)]
    public async Task Outputs_and_matrix_legs_pass_between_pods_and_nothing_stays()
    {
        var run = await RunAsync("""
            build:
              runs-on: ubuntu-latest
              outputs: {version: "${{ steps.v.outputs.version }}"}
              steps:
                - {id: v, run: "echo version=1.2.3 >>$GITHUB_OUTPUT; echo '# Built' >>$GITHUB_STEP_SUMMARY"}
            test:
              needs: build
              runs-on: ubuntu-latest
              strategy: {matrix: {os: [one, two]}}
              steps:
                - run: echo "${{ matrix.os }} got ${{ needs.build.outputs.version }} in $GITHUB_WORKSPACE"
            report:
              needs: test
              runs-on: ubuntu-latest
              steps: [{run: 'echo "test was ${{ needs.test.result }}"'}]
            """);

        Assert.True(run.Code == 0, run.Out + run.Error);
        Assert.Contains("one got 1.2.3 in /github/workspace", run.Out, StringComparison.Ordinal);
        Assert.Contains("two got 1.2.3 in /github/workspace", run.Out, StringComparison.Ordinal);
        Assert.Contains("test was success", run.Out, StringComparison.Ordinal);
        Assert.Contains("Built", run.Out, StringComparison.Ordinal);
        Assert.Contains("4 succeeded", run.Out, StringComparison.Ordinal);
        await NothingIsLeftAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Checkout_is_in_the_pod_without_what_gitignore_names_and_is_not_fetched_again()
    {
        Write(".gitignore", "secret.txt\n");
        Write("secret.txt", "never sent");
        Write("data/hello.txt", "hello from the laptop");
        Write("run.sh", "#!/bin/sh\necho the script runs\n");
        File.SetUnixFileMode(_folder["run.sh"], (UnixFileMode)0b111_101_101);
        File.CreateSymbolicLink(_folder["link"], "data/hello.txt");
        Git("init", "--quiet");
        Git("add", "data");

        var run = await RunAsync("""
            read:
              runs-on: ubuntu-latest
              steps:
                - uses: actions/checkout@v4
                - run: cat link; ./run.sh; test ! -e secret.txt && echo nothing ignored is here
            """);

        Assert.True(run.Code == 0, run.Out + run.Error);
        Assert.Contains("hello from the laptop", run.Out, StringComparison.Ordinal);
        Assert.Contains("the script runs", run.Out, StringComparison.Ordinal);
        Assert.Contains("nothing ignored is here", run.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Service_sees_the_files_of_the_checkout_in_the_part_of_the_workspace_that_it_asks_for()
    {
        Directory.CreateDirectory(_folder["site"]);
        Write("site/page", "the page of the checkout");

        var run = await RunAsync($$$"""
            read:
              runs-on: ubuntu-latest
              services:
                web:
                  image: {{{cluster.JobImage}}}
                  entrypoint: httpd
                  command: -f -p 8321 -h /srv
                  volumes: ["${{ github.workspace }}/site:/srv:ro"]
              steps: [{run: 'for i in $(seq 100); do wget -qO- http://web:8321/page && exit; sleep 0.1; done; exit 1'}]
            """);

        Assert.True(run.Code == 0, run.Out + run.Error);
        Assert.Contains("the page of the checkout", run.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = Limit)]
    public async Task Failing_step_makes_the_exit_code_1_and_secrets_are_masked()
    {
        var run = await RunAsync(
            """
            fail:
              runs-on: ubuntu-latest
              steps:
                - {run: 'echo "the token is $TOKEN"; exit 3', env: {TOKEN: "${{ secrets.TOKEN }}"}}
            after:
              needs: fail
              runs-on: ubuntu-latest
              steps: [{run: echo never}]
            """,
            "-s", "TOKEN=correct-horse-battery");

        Assert.Equal(1, run.Code);
        Assert.Contains("the token is ***", run.Out, StringComparison.Ordinal);
        Assert.Contains("Process completed with exit code 3.", run.Out, StringComparison.Ordinal);
        Assert.Matches("after +skipped", run.Out);
        Assert.DoesNotContain("correct-horse", run.Out + run.Error, StringComparison.Ordinal);
        await NothingIsLeftAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Interrupted_run_does_what_is_to_be_done_always_and_leaves_nothing()
    {
        using var run = Start("""
            wait:
              runs-on: ubuntu-latest
              steps:
                - run: echo waiting now; sleep 600
                - {if: always(), run: echo tidied up}
            """);

        await run.PrintedAsync("waiting now", Token);
        run.Interrupt();
        await run.EndAsync(Token);

        Assert.Equal(130, run.Code);
        Assert.Contains("tidied up", run.Out, StringComparison.Ordinal);
        await NothingIsLeftAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Long_log_is_complete_and_in_order()
    {
        const int lines = 50_000;

        var run = await RunAsync($$"""
            count:
              runs-on: ubuntu-latest
              steps: [{run: 'seq -f "number %.0f" 1 {{lines}} || (i=0; while [ $i -lt {{lines}} ]; do i=$((i+1)); echo "number $i"; done)'}]
            """);

        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(Enumerable.Range(1, lines), Numbers(run));
    }

    [Fact(Timeout = Limit)]
    public async Task Connections_that_are_cut_cost_no_line_and_no_file()
    {
        const int lines = 300;
        var content = new byte[8 * 1024 * 1024];
        Random.Shared.NextBytes(content);
        File.WriteAllBytes(_folder["large"], content);
        var server = new Uri(cluster.Connection.Server);
        await using var proxy = CuttableProxy.Start(IPAddress.Loopback, new IPEndPoint(IPAddress.Parse(server.Host), server.Port));
        Write("kubeconfig", (await File.ReadAllTextAsync(cluster.Kubeconfig, Token)).Replace(server.Authority, $"127.0.0.1:{proxy.Port}", StringComparison.Ordinal));
        using var run = Start(
            $$"""
            slow:
              runs-on: ubuntu-latest
              steps: [{run: 'wc -c <large; i=0; while [ $i -lt {{lines}} ]; do i=$((i+1)); echo "number $i"; sleep 0.02; done'}]
            """,
            "--kubeconfig", _folder["kubeconfig"]);

        // Once while the checkout is on its way, then while the step prints.
        await Jobs.Until.TrueAsync(() => proxy.BytesForwarded > 4 * 1024 * 1024, Token);
        await CutAsync(proxy);
        foreach (var number in new[] { 50, 100, 150 })
        {
            await run.PrintedAsync($"number {number}", Token);
            await CutAsync(proxy);
        }

        await run.EndAsync(Token);

        Assert.True(run.Code == 0, run.Out + run.Error);
        Assert.Contains(content.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), run.Out, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, lines), Numbers(run));
    }

    [Fact(Timeout = Limit)]
    public async Task Container_action_of_the_checkout_runs_beside_the_job_and_connections_that_are_cut_cost_none_of_its_lines()
    {
        const int lines = 300;
        var later = await cluster.LaterAsync();
        await using var proxy = CuttableProxy.Start(IPAddress.Loopback, new IPEndPoint(IPAddress.Loopback, later.Address.Port));
        Write("kubeconfig", ApiOf125.KubeconfigOf(new Uri($"http://127.0.0.1:{proxy.Port}")));
        Write("count/action.yml", $$"""
            name: count
            description: counts in a container
            runs:
              using: docker
              image: docker://{{cluster.JobImage}}
              entrypoint: /bin/sh
              args: [-c, 'i=0; while [ $i -lt {{lines}} ]; do i=$((i+1)); echo "number $i"; sleep 0.02; done; echo "counted=$i" >>$GITHUB_OUTPUT']
            """);
        using var run = Start(
            """
            slow:
              runs-on: ubuntu-latest
              steps:
                - {id: count, uses: ./count}
                - run: echo "counted to ${{ steps.count.outputs.counted }}"
            """,
            "--kubeconfig", _folder["kubeconfig"]);

        foreach (var number in new[] { 50, 100, 150 })
        {
            await run.PrintedAsync($"number {number}", Token);
            await CutAsync(proxy);
        }

        await run.EndAsync(Token);

        Assert.True(run.Code == 0, run.Out + run.Error);
        Assert.Equal(Enumerable.Range(1, lines), Numbers(run));
        Assert.Contains($"counted to {lines}", run.Out, StringComparison.Ordinal);
        await NothingIsLeftAsync();
    }

    [Fact(Timeout = Limit)]
    public async Task Image_that_cannot_be_pulled_and_a_namespace_that_is_missing_are_told()
    {
        const string job = "a:\n  runs-on: ubuntu-latest\n  steps: [{run: echo never}]\n";

        var image = await RunAsync(job, "-P", "ubuntu-latest=127.0.0.1:1/no/such:image");
        var space = await RunAsync(job, "--namespace", "no-such-namespace");

        Assert.Equal(1, image.Code);
        Assert.Contains("127.0.0.1:1/no/such:image", image.Out, StringComparison.Ordinal);
        await NothingIsLeftAsync();
        Assert.Equal(78, space.Code);
        Assert.Contains("has no namespace 'no-such-namespace'; make it (kubectl create namespace no-such-namespace)", space.Error, StringComparison.Ordinal);
    }

    private static async Task CutAsync(CuttableProxy proxy)
    {
        proxy.Cut();
        await Task.Yield();
        proxy.Restore();
    }

    private static IEnumerable<int> Numbers(LocalRun run) => run.Lines
        .Select(line => line.Split("number ", 2))
        .Where(parts => parts.Length == 2 && int.TryParse(parts[1], out _))
        .Select(parts => int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture));

    private async Task<LocalRun> RunAsync(string jobs, params string[] arguments)
    {
        using var run = Start(jobs, arguments);
        return await run.EndAsync(Token);
    }

    private LocalRun Start(string jobs, params string[] arguments)
    {
        Write(".github/workflows/ci.yml", "on: push\njobs:\n" + string.Join('\n', jobs.Split('\n').Select(line => "  " + line)));
        return LocalRun.Start(_folder.FullPath, ["--backend", "kubernetes", "--kubeconfig", cluster.Kubeconfig, "--namespace", _namespace, .. arguments]);
    }

    private async Task NothingIsLeftAsync()
    {
        // The node takes a moment to take a pod away.
        while ((await cluster.Connection.Client.CoreV1.ListNamespacedPodAsync(_namespace, cancellationToken: Token)).Items.Count > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Token);
        }

        var secrets = await cluster.Connection.Client.CoreV1.ListNamespacedSecretAsync(_namespace, cancellationToken: Token);
        Assert.DoesNotContain(secrets.Items, secret => secret.Type == "Opaque");
        Assert.Empty((await cluster.Connection.Client.CoreV1.ListNamespacedPersistentVolumeClaimAsync(_namespace, cancellationToken: Token)).Items);
        Assert.Empty((await cluster.Connection.Client.CoordinationV1.ListNamespacedLeaseAsync(_namespace, cancellationToken: Token)).Items);
    }

    private void Git(params string[] arguments)
    {
        using var git = Process.Start("git", ["-C", _folder.FullPath, .. arguments]);
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name]) ?? string.Empty);
        File.WriteAllText(_folder[name], text);
    }
}
