using Runner.Cli.CommandLine;
using Runner.Cli.Tests.CommandLine;
using Runner.Testing;

namespace Runner.Cli.Tests.Commands;

/// <summary>A shell script stands in for the worker: it says that it ran, and succeeds unless its workspace holds a file <c>fail</c>.</summary>
public sealed class LocalRunTests : IDisposable
{
    private const string Worker = "payload=$(cat)\n" + StandIn.Outcome + """
        outcome=$(printf %s "$payload" | sed 's/.*"outcome":"\([^"]*\)".*/\1/')
        workspace=$(printf %s "$payload" | sed 's/.*"workspace":"\([^"]*\)".*/\1/')
        echo '@event 1 {"type":"jobStarted","jobId":"11111111-1111-1111-1111-111111111111","workerVersion":"1","startedAt":"2026-01-31T08:15:30+00:00"}'
        echo '@event 2 {"type":"line","time":"2026-01-31T08:15:30+00:00","text":"files: '$(ls "$workspace")'"}'
        end=succeeded; [ ! -e "$workspace/fail" ] || end=failed
        echo '@event 3 {"type":"jobEnded","conclusion":"'$end'"}'
        outcome_of "$end" reported >"$outcome"
        """;

    private readonly TempFolder _folder = new();

    public LocalRunTests()
    {
        Directory.CreateDirectory(_folder["app/.github/workflows"]);
        Write("app/.github/workflows/ci.yml", """
            name: CI
            on:
              push: {branches: [main]}
              workflow_dispatch:
            jobs:
              build:
                runs-on: ubuntu-latest
                strategy: {matrix: {node: [18, 20]}}
                steps:
                  - {name: Make, run: make}
              deploy:
                needs: build
                runs-on: ubuntu-latest
                steps: [{uses: actions/checkout@v4}, {run: ./deploy}]
            """);
        Write("app/.actrc", $"backend: host\nhost:\n  worker: {_folder.Script("worker", Worker)}\n  root: {_folder["jobs"]}\n");
        Write("app/readme", "x");
    }

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Jobs_run_in_the_order_of_their_needs_on_a_copy_of_the_checkout()
    {
        var result = await RunAsync("push", "-v");

        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        Assert.Contains("files: readme", result.Out, StringComparison.Ordinal);
        var ends = result.Out.Split('\n').Where(line => line.StartsWith("✓ ", StringComparison.Ordinal)).ToList();
        Assert.Equal(3, ends.Count);
        Assert.StartsWith("✓ deploy", ends[2], StringComparison.Ordinal);
        Assert.Contains("3 succeeded", result.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Jobs_go_on_to_their_ends_where_nothing_can_be_shown_any_more()
    {
        const string Lines = """for i in $(seq 2 1500); do echo "@event $i {\"type\":\"line\",\"time\":\"2026-01-31T08:15:30+00:00\",\"text\":\"x\"}"; done""";
        await using var error = new StringWriter();
        var surroundings = new CliSurroundings
        {
            Out = new OwnOutput(() => new FullDisk(), isForMistakes: false),
            Error = error,
            Environment = new Dictionary<string, string> { ["HOME"] = _folder.FullPath, ["PATH"] = "/usr/bin:/bin" },
            ProgramFolder = AppContext.BaseDirectory,
            WorkingFolder = _folder["app"],
        };
        var worker = Worker.Replace("@event 3", "@event 1501", StringComparison.Ordinal).Split('\n').Where(line => !line.Contains("@event 2", StringComparison.Ordinal)).ToList();
        worker.InsertRange(worker.FindIndex(line => line.Contains("@event 1501", StringComparison.Ordinal)), [Lines, $"echo x >>{_folder["ran"]}"]);
        _folder.Script("worker", string.Join('\n', worker));

        var code = await RunnerCommandLine.RunAsync(["push"], surroundings);

        Assert.Equal((ExitCodes.Unavailable, "runner: The output cannot be written: No space left on device\n"), (code, error.ToString().ReplaceLineEndings("\n")));
        Assert.Equal("x\nx\nx\n", await File.ReadAllTextAsync(_folder["ran"], TestContext.Current.CancellationToken));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("ssh://u@192.0.2.7", "ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock u@192.0.2.7")]
    [InlineData("tcp://127.0.0.1:1", "Connection refused")]
    [InlineData("unix:///nowhere/docker.sock", "no Docker engine answers at unix:///nowhere/docker.sock (DOCKER_HOST)")]
    [InlineData("nonsense", "'nonsense' is no address of an engine")]
    [InlineData("ftp://x", "begins with 'ftp:'")]
    public async Task Engine_that_does_not_answer_is_told_in_a_line_and_nothing_runs_on_this_machine_instead(string host, string told)
    {
        Write("app/.actrc", $"host:\n  worker: {_folder.Script("worker", Worker)}\n  root: {_folder["jobs"]}\n");

        var result = await RunAsync(new Dictionary<string, string> { ["DOCKER_HOST"] = host }, "push");

        Assert.Equal((ExitCodes.Configuration, string.Empty), (result.Code, result.Out));
        Assert.Contains(told, result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }

    [Fact(Timeout = 60_000)]
    public async Task Legs_for_other_systems_are_skipped_and_told_and_do_not_end_the_others()
    {
        Write("app/.github/workflows/ci.yml", """
            on: push
            jobs:
              build:
                strategy: {matrix: {os: [macos-latest, ubuntu-latest, windows-latest]}}
                runs-on: ${{ matrix.os }}
                steps: [{run: make}]
              deploy: {needs: build, runs-on: ubuntu-latest, steps: [{run: ./deploy}]}
            """);

        var usual = await RunAsync("push");
        var strict = await RunAsync("push", "--strict-runs-on");

        Assert.Equal(0, usual.Code);
        Assert.Contains("2 succeeded, 2 skipped", usual.Out, StringComparison.Ordinal);
        Assert.Contains("'macos-latest' asks for another system than this machine's; -P macos-latest=-self-hosted", usual.Out, StringComparison.Ordinal);
        Assert.Equal(1, strict.Code);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("--artifact-server-port", "99999")]
    [InlineData("--cache-server-port", "-1")]
    public async Task Port_that_is_none_is_refused(string flag, string port)
    {
        var result = await RunAsync("push", flag, port);

        Assert.Equal((ExitCodes.Usage, $"runner: {flag}: '{port}' is no port, expected 0 to 65535"), (result.Code, result.Error.Split('\n')[0]));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("--secret-file")]
    [InlineData("--var-file")]
    [InlineData("--env-file")]
    [InlineData("--input-file")]
    public async Task File_of_values_that_is_not_there_is_told_and_stops_nothing_as_in_act(string flag)
    {
        Directory.CreateDirectory(_folder["app/.env"]); // a Python environment, say

        var missing = await RunAsync("push", "--dryrun", flag, "mine");
        var none = await RunAsync("push", "--dryrun", flag, "");
        var folder = await RunAsync("push", "--dryrun", flag, ".github");

        Assert.Equal((0, $"runner: {flag}: there is no file 'mine' in '{_folder["app"]}', so nothing is read from it\n"), (missing.Code, missing.Error));
        Assert.Equal((0, string.Empty), (none.Code, none.Error));
        Assert.Equal(2, folder.Code);
        Assert.StartsWith($"runner: {flag}: '.github' cannot be read", folder.Error, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("A: b\n\tC: d\n", "2:1: this is not YAML: A tab indents this line")]
    [InlineData("A: [x\nB: c\n", "2:2: this is not YAML: ")]
    [InlineData("A: b\n: x\n", "2:1: ")]
    [InlineData("A: {x: y}\n", "1:4: expected a single value")]
    [InlineData("A: b\n---\nC: d\n", "3:1: a second YAML document begins here")]
    public async Task Mistake_in_a_file_of_values_is_told_at_its_place(string text, string told)
    {
        Write("app/mine.yml", text);

        var result = await RunAsync("push", "--dryrun", "--secret-file", "mine.yml");

        Assert.Equal(2, result.Code);
        Assert.StartsWith($"runner: mine.yml:{told}", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Event_by_default_that_nothing_listens_to_is_told_with_those_that_are()
    {
        Write("app/.github/workflows/ci.yml", "on: [pull_request, schedule]\njobs:\n  a: {runs-on: x, steps: [{run: x}]}\n");

        var result = await RunAsync("-n");

        Assert.Equal(
            (2, "runner: no workflow runs for push, which is run where no event is named: workflows run for pull_request, schedule; name one of them, or --detect-event takes the first\n"),
            (result.Code, result.Error));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("--rm=false", "runner: --rm=false has no effect on the backend host: only docker has a container that can stay\n")]
    [InlineData("--rm", "")]
    [InlineData("--use-gitignore", "")]
    [InlineData("--use-gitignore=false", "")]
    public async Task Flags_on_what_is_kept_and_copied_are_told_only_where_they_do_nothing(string flag, string told)
    {
        var result = await RunAsync("push", flag, "-j", "build", "--matrix", "node:18");

        Assert.Equal((0, told), (result.Code, result.Error));
    }

    [Fact(Timeout = 60_000)]
    public async Task Folder_without_workflows_is_told_as_that()
    {
        Directory.CreateDirectory(_folder["app/none"]);

        var result = await RunAsync("push", "-W", "none");

        Assert.Equal((2, "runner: --workflows: no workflow is in 'none', expected files that end in .yml or .yaml\n"), (result.Code, result.Error));
    }

    [Fact(Timeout = 60_000)]
    public async Task Dry_run_of_a_job_that_would_fail_does_not_end_as_if_all_were_well() =>
        Assert.Equal(2, (await RunAsync("push", "--dryrun", "--matrix", "node:99")).Code);

    [Fact(Timeout = 60_000)]
    public async Task Workflow_with_a_mistake_is_left_out_and_the_exit_code_is_2_though_the_others_succeed()
    {
        Write("app/.github/workflows/broken.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    stps: []\n");

        var result = await RunAsync("push");

        Assert.Equal(2, result.Code);
        Assert.Contains("broken.yml:5:5: Unexpected value 'stps'; did you mean 'steps'?", result.Error, StringComparison.Ordinal);
        Assert.Contains("runner: workflows with mistakes are left out", result.Error, StringComparison.Ordinal);
        Assert.Contains("3 succeeded", result.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Key_that_nobody_knows_stops_no_run_unless_it_is_strict()
    {
        Write("app/.github/workflows/newer.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    zzz-new: 1\n    steps: [{run: x}]\n");

        var usual = await RunAsync("push", "-n");
        var strict = await RunAsync("push", "-n", "--strict");

        Assert.Equal(0, usual.Code);
        Assert.Contains("newer.yml:5:5: warning: Unexpected value 'zzz-new'", usual.Error, StringComparison.Ordinal);
        Assert.Equal(2, strict.Code);
        Assert.Contains("newer.yml:5:5: Unexpected value 'zzz-new'", strict.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Where_no_workflow_can_be_read_the_mistakes_are_the_reason_that_nothing_is_run()
    {
        foreach (var file in Directory.GetFiles(_folder["app/.github/workflows"]))
        {
            await File.WriteAllTextAsync(file, "on: push\njobs:\n  a:\n    run-on: x\n", TestContext.Current.CancellationToken);
        }

        var result = await RunAsync("push");

        Assert.Equal(2, result.Code);
        Assert.Contains("Unexpected value 'run-on'; did you mean 'runs-on'?", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("runner: nothing is run before these mistakes are mended\n", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Failed_job_makes_the_exit_code_1_and_skips_what_needs_it()
    {
        Write("app/fail", "x");

        var result = await RunAsync("push", "--backend", "host");

        Assert.Equal((1, string.Empty), (result.Code, result.Error));
        Assert.Matches("deploy +skipped", result.Out);
    }

    [Fact(Timeout = 60_000)]
    public async Task Machines_read_one_object_a_line()
    {
        var result = await RunAsync("push", "--json", "-j", "build", "--matrix", "node:18");

        Assert.Equal(0, result.Code);
        Assert.Single(result.Out.Split('\n'), line => line.Contains("\"event\":\"jobEnded\"", StringComparison.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Dry_run_shows_what_would_run()
    {
        var result = await RunAsync("push", "--dryrun");

        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        Golden.Check("dry-run.txt", result.Out);
    }

    [Fact(Timeout = 60_000)]
    public async Task Dry_run_shows_the_pods_without_a_cluster()
    {
        Write("cluster.yaml", "backend: kubernetes\nkubernetes:\n  runnerImage: runner:1\n  kubeconfig: /nowhere\n  platforms: {ubuntu-latest: {image: 'ci:1', nodeSelector: {disk: ssd}}}\n");

        var result = await RunAsync("push", "--dryrun", "--debug-scheduling", "--config", _folder["cluster.yaml"]);

        Assert.Equal(0, result.Code);
        Assert.Contains("build (18): labels ubuntu-latest\n  Label ubuntu-latest: platform, image ci:1\n", result.Error, StringComparison.Ordinal);
        Assert.Equal(3, result.Error.Split("kind: Pod").Length - 1);
        Assert.Contains("disk: ssd", result.Error, StringComparison.Ordinal);
        Assert.Contains("Make", result.Out, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Plan_is_the_same_as_a_tree_and_as_json()
    {
        var tree = await RunAsync("plan", "push");
        var json = await RunAsync("plan", "push", "--json");

        Assert.Equal((0, string.Empty), (tree.Code, tree.Error));
        Golden.Check("dry-run.txt", tree.Out);
        Assert.Equal((0, string.Empty), (json.Code, json.Error));
        Golden.Check("plan.jsonl", json.Out);
    }

    [Fact(Timeout = 60_000)]
    public async Task Plan_says_what_hangs_on_outputs_and_takes_it_for_no_failure()
    {
        Write("app/.github/workflows/ci.yml", """
            on: push
            jobs:
              gen: {runs-on: x, outputs: {l: "${{ steps.a.outputs.l }}"}, steps: [{id: a, run: make}]}
              legs: {needs: gen, strategy: {matrix: {n: "${{ fromJSON(needs.gen.outputs.l) }}"}}, runs-on: x, steps: [{run: make}]}
              some: {needs: gen, if: "needs.gen.outputs.l != 'no'", runs-on: x, steps: [{run: make}]}
            """);

        var tree = await RunAsync("push", "-n");
        var json = await RunAsync("plan", "push", "--json");

        Assert.Equal((0, string.Empty), (tree.Code, tree.Error));
        Assert.Contains("  ? legs not known: strategy hangs on outputs\n", tree.Out.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains("  some on x (if hangs on outputs)\n", tree.Out.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(0, json.Code);
        Assert.Contains("""{"id":"legs","name":"legs","unknown":["strategy"]}""", json.Out, StringComparison.Ordinal);
        Assert.Contains(""","unknown":["if"],"steps":""", json.Out, StringComparison.Ordinal);
    }

    [Theory(Timeout = 60_000)]
    [InlineData("-s", "=x", "--secret: there is no name, expected NAME[=VALUE]")]
    [InlineData("--var", "a b=c", "--var: 'a b' is no name, expected NAME[=VALUE]")]
    [InlineData("--env", "=", "--env: there is no name, expected NAME[=VALUE]")]
    [InlineData("--input", "=1", "--input: there is no name, expected NAME=VALUE")]
    public async Task Value_without_a_name_is_refused(string flag, string value, string problem)
    {
        var result = await RunAsync("push", "-n", flag, value);

        Assert.Equal((ExitCodes.Usage, $"runner: {problem}"), (result.Code, result.Error.Split('\n')[0]));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("-e", "runner: --eventpath: '/dev/zero' cannot be read: it is larger than 256 MiB\n")]
    [InlineData("--var-file", "runner: --var-file: '/dev/zero' cannot be read: it is larger than 256 MiB\n")]
    public async Task File_without_an_end_is_refused(string flag, string told)
    {
        var result = await RunAsync("push", "-n", flag, "/dev/zero");

        Assert.Equal((ExitCodes.Usage, told), (result.Code, result.Error.ReplaceLineEndings("\n")));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("readme")]
    [InlineData("/proc/nope")]
    public async Task Folder_for_artifacts_that_cannot_be_used_is_told_before_anything_runs(string folder)
    {
        var result = await RunAsync("push", "--artifact-server-path", folder);

        Assert.Equal((ExitCodes.Configuration, string.Empty), (result.Code, result.Out));
        Assert.StartsWith("runner: --artifact-server-path: ", result.Error, StringComparison.Ordinal);
        Assert.Contains(" cannot be used: ", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Plan_refuses_flags_of_runs()
    {
        var result = await RunAsync("plan", "push", "--backend", "host");

        Assert.Equal(2, result.Code);
        Assert.StartsWith("runner: unknown flag '--backend' of 'runner plan'", result.Error, StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Workflow_that_a_filter_keeps_out_is_told_with_the_reason()
    {
        Write("event.json", """{"ref": "refs/heads/topic"}""");

        var result = await RunAsync("push", "-e", _folder["event.json"]);

        Assert.Equal(0, result.Code);
        Assert.Equal(
            ".github/workflows/ci.yml does not run: branch 'topic' is not in branches: main\nrunner: no workflow runs for this event\n",
            result.Error.ReplaceLineEndings("\n"));
    }

    private Task<CliResult> RunAsync(params string[] args) => RunAsync(new Dictionary<string, string>(), args);

    private Task<CliResult> RunAsync(Dictionary<string, string> further, params string[] args) => Cli.RunAsync(
        new Dictionary<string, string>(further) { ["HOME"] = _folder.FullPath, ["PATH"] = "/usr/bin:/bin" }, _folder["app"], args);

    private void Write(string name, string text) => File.WriteAllText(_folder[name], text);
}
