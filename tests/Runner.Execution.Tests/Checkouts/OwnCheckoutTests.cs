using System.Diagnostics;
using Runner.Jobs.Data;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Tokens;
using Runner.Testing;
using static Runner.Execution.Tests.Checkouts.SentCheckout;

namespace Runner.Execution.Tests.Checkouts;

/// <summary><c>actions/checkout</c> in a job whose launcher has the checkout already.</summary>
public sealed class OwnCheckoutTests
{
    private const string Skipped = "skipped: the files are here already (--no-skip-checkout runs it)";
    private const string Ran = "the action itself";

    public static TheoryData<string, string, bool> Inputs => new()
    {
        // input            value or expression                          skipped
        { "fetch-depth",    "0",                                         true },
        { "repository",     "acme/App",                                  true },
        { "repository",     "${{ github.repository }}",                  true },
        { "ref",            "${{ github.sha }}",                         true },
        { "ref",            "main",                                      true },
        { "ref",            "refs/heads/main",                           true },
        { "ref",            "${{ env.OWN }}",                            true },
        { "ref",            "${{ github.event.pull_request.head.sha }}", true },
        { "ref",            "v2",                                        false },
        { "ref",            "${{ env.OTHER }}",                          false },
        { "repository",     "acme/other",                                false },
    };

    [Theory(Timeout = 60_000), MemberData(nameof(Inputs))]
    public async Task Only_a_checkout_of_what_is_there_already_is_skipped(string input, string value, bool isSkipped)
    {
        using var job = Job();

        var result = await RunAsync(job, OwnCheckout.IsThere, Checkout((input, value)));

        Assert.Equal(Conclusion.Succeeded, result.Conclusion);
        Assert.Equal(isSkipped ? [Skipped] : [Ran], job.Output(0).Where(line => line is Skipped or Ran));
    }

    [Fact(Timeout = 60_000)]
    public async Task It_gives_the_actions_outputs_and_needs_nothing_of_it()
    {
        using var job = new TestJob(); // it has no actions

        var result = await RunAsync(
            job,
            OwnCheckout.IsThere,
            Checkout() with { ContextName = "co" },
            Some.Script("echo $R $C", env: Some.Mapping(("R", new ExpressionToken("steps.co.outputs.ref")), ("C", new ExpressionToken("steps.co.outputs.commit")))));

        Assert.Equal(Conclusion.Succeeded, result.Conclusion);
        Assert.Equal(["refs/heads/main 0123"], job.Output(1));
    }

    [Fact(Timeout = 60_000)]
    public async Task Checkout_of_an_action_is_skipped_too_and_what_else_it_uses_is_there()
    {
        using var job = Job().WithAction("acme/tool/action.yml", """
            runs:
              using: composite
              steps:
                - uses: actions/checkout@v4
                  with: { path: inner }
                - shell: sh
                  run: cat inner/src/a
            """);

        await RunAsync(job, OwnCheckout.IsThere, Some.Using("acme/tool@v1"));

        Assert.Contains(Skipped, job.LinesOf("Run acme/tool@v1"));
        Assert.Contains("of the checkout", job.LinesOf("Run acme/tool@v1"));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("sub/deep", "sub/deep")]
    [InlineData("src", "src")]
    [InlineData("src/acme/app", "src/acme/app")]
    [InlineData("-x y", "-x y")]
    [InlineData("./a/../b/", "b")]
    [InlineData("${{ github.workspace }}/abs", "abs")]
    [InlineData("${{ env.WHERE }}/${{ runner.os }}", "there/Linux")]
    public async Task Path_has_the_whole_checkout_as_it_is_and_not_as_steps_left_it(string path, string folder)
    {
        using var job = Job().WithFile("src/a", "changed by a step").WithFile("made-by-a-step", "x");

        var result = await RunAsync(job, OwnCheckout.IsThere, Checkout(("path", path)));

        Assert.Equal(Conclusion.Succeeded, result.Conclusion);
        var root = Path.Combine(job.Paths.Workspace, folder);
        Assert.Equal("of the checkout", File.ReadAllText(Path.Combine(root, "src/a")));
        Assert.Equal([".b", "dangling", "src"], Directory.EnumerateFileSystemEntries(root).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Two_checkouts_do_not_hold_each_other_and_defaults_and_variables_of_scripts_are_not_theirs()
    {
        using var job = Job();
        var payload = Payload(job, OwnCheckout.IsThere, Checkout(("path", "a")), Checkout(("path", "b")));

        var result = await RunAsync(job, payload with
        {
            Job = payload.Job with
            {
                Defaults = [Some.Mapping(("run", Some.Texts(("working-directory", "a"), ("shell", "sh"))))],
                EnvironmentVariables = [Some.Texts(("PATH", "/nothing/here"))],
            },
        });

        Assert.Equal(Conclusion.Succeeded, result.Conclusion);
        Assert.False(Directory.Exists(Path.Combine(job.Paths.Workspace, "b/a")));
        Assert.True(File.Exists(Path.Combine(job.Paths.Workspace, "b/src/a")));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("../out", "path: '../out' leads out of the workspace")]
    [InlineData("/somewhere", "path: '/somewhere' leads out of the workspace")]
    [InlineData("door/in", "path: 'door/in' leads through 'door', which is a link to '..'")]
    [InlineData("made", "path: 'made' leads through 'made', which is a file")]
    public async Task Path_that_leads_elsewhere_is_refused_and_nothing_is_touched(string path, string message)
    {
        using var job = Job().WithFile("made", "x");
        File.CreateSymbolicLink(Path.Combine(job.Paths.Workspace, "door"), "..");
        var before = Directory.GetFileSystemEntries(job.Folder);

        var result = await RunAsync(job, OwnCheckout.IsThere, Checkout(("path", path)));

        Assert.Equal(Conclusion.Failed, result.Conclusion);
        Assert.Contains(job.AllLines(0), line => line.StartsWith("##[error]", StringComparison.Ordinal) && line.Contains(message, StringComparison.Ordinal));
        Assert.DoesNotContain(job.AllLines(0), line => line.Contains(job.Folder, StringComparison.Ordinal));
        Assert.False(Directory.Exists(Path.Combine(job.Folder, "out")) || Directory.Exists(Path.Combine(job.Folder, "in")));
        Assert.Subset(Directory.GetFileSystemEntries(job.Folder).ToHashSet(), before.ToHashSet());
    }

    [Fact(Timeout = 60_000)]
    public async Task In_the_users_own_checkout_nothing_is_written_and_the_log_says_so()
    {
        using var job = Job().WithFile("mine", "x");

        var result = await RunAsync(job, OwnCheckout.IsBound, Checkout(("path", "other")));

        Assert.Equal(Conclusion.Succeeded, result.Conclusion);
        Assert.Contains(job.Output(0), line => line.StartsWith("##[warning]path: nothing is put into", StringComparison.Ordinal));
        Assert.Equal(["mine"], Directory.EnumerateFileSystemEntries(job.Paths.Workspace).Select(Path.GetFileName));
    }

    [Fact(Timeout = 60_000)]
    public async Task It_runs_where_nobody_asked_to_skip_it()
    {
        using var job = Job();

        await RunAsync(job, OwnCheckout.Runs, Checkout());

        Assert.Contains(Ran, job.Output(0));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("",          "",              "")]
    [InlineData("true",      "lib/a",         "lib/deep/a")]
    [InlineData("recursive", "lib/deep/a",    "")]
    public async Task Submodules_that_are_asked_for_and_not_there_are_fetched(string submodules, string there, string missing)
    {
        using var job = new TestJob();
        Directory.CreateDirectory(job.Folder);
        Shell(job.Folder, $"""
            for name in inner outer main; do git init -q $name; echo $name >$name/a; git -C $name add a; git -C $name commit -qm $name; done
            git -C outer submodule --quiet add "$PWD/inner" deep; git -C outer commit -qm deep
            git -C main submodule --quiet add "$PWD/outer" lib; git -C main submodule --quiet add "$PWD/inner" mine; git -C main commit -qm lib
            mkdir -p '{job.Paths.Workspace}'; rmdir '{job.Paths.Workspace}'
            git clone -q main '{job.Paths.Workspace}'; git -C '{job.Paths.Workspace}' submodule --quiet update --init mine; echo changed >'{job.Paths.Workspace}/mine/a'
            """);
        foreach (var (name, value) in Git)
        {
            job.Environment[name] = value;
        }

        var result = await RunAsync(job, OwnCheckout.IsThere, Checkout(("submodules", submodules), ("token", "secret")));

        Assert.Equal(Conclusion.Succeeded, result.Conclusion);
        string In(string path) => Path.Combine(job.Paths.Workspace, path);
        Assert.Equal("changed\n", File.ReadAllText(In("mine/a")));
        Assert.True(there.Length == 0 || File.Exists(In(there)));
        Assert.False(missing.Length > 0 && File.Exists(In(missing)));
        Assert.Equal(submodules.Length == 0, !File.Exists(In("lib/a")));
        Assert.DoesNotContain("AUTHORIZATION", File.ReadAllText(In(".git/config")), StringComparison.Ordinal);
    }

    private static (string Name, string Value)[] Git { get; } =
    [
        ("GIT_CONFIG_COUNT", "3"), ("GIT_CONFIG_KEY_0", "protocol.file.allow"), ("GIT_CONFIG_VALUE_0", "always"),
        ("GIT_CONFIG_KEY_1", "user.name"), ("GIT_CONFIG_VALUE_1", "octo"), ("GIT_CONFIG_KEY_2", "user.email"), ("GIT_CONFIG_VALUE_2", "o@example.com"),
    ];

    private static TestJob Job() =>
        new TestJob { Checkout = new SentCheckout(Text("src/a", "of the checkout"), Text(".b", "b"), Link("dangling", "nowhere")) }
            .WithAction("actions/checkout/action.yml", $$"""
                runs:
                  using: composite
                  steps:
                    - shell: sh
                      run: echo {{Ran}}
                """);

    private static JobStep Checkout(params (string Name, string Value)[] with) => Some.Using("actions/checkout@v4", with: Some.Mapping([.. with.Select(input => (input.Name, Token(input.Value)))]));

    // Texts of this test have an expression at their start, their end, or both.
    private static TemplateToken Token(string text) => !text.Contains("${{", StringComparison.Ordinal) ? new StringToken(text)
        : text.StartsWith("${{", StringComparison.Ordinal) && text.IndexOf("}}", StringComparison.Ordinal) == text.Length - 2 ? new ExpressionToken(text[3..^2].Trim())
        : new ExpressionToken($"format('{string.Join("{1}", Parts(text).Literals.Select((part, place) => place == 0 ? "{0}" + part : part))}', {string.Join(", ", Parts(text).Expressions)})");

    private static (List<string> Literals, List<string> Expressions) Parts(string text)
    {
        var pieces = text.Split("${{").Skip(1).Select(piece => piece.Split("}}", 2)).ToList();
        return ([.. pieces.Select(piece => piece[1])], [.. pieces.Select(piece => piece[0].Trim())]);
    }

    private static Task<JobResult> RunAsync(TestJob job, OwnCheckout own, params JobStep[] steps) => RunAsync(job, Payload(job, own, steps));

    private static Task<JobResult> RunAsync(TestJob job, LaunchPayload payload)
    {
        Directory.CreateDirectory(job.Paths.Workspace);
        return job.RunAsync(payload);
    }

    private static LaunchPayload Payload(TestJob job, OwnCheckout own, params JobStep[] steps)
    {
        static DictionaryData Data(params (string Key, ContextData Value)[] entries) =>
            new([.. entries.Select(entry => KeyValuePair.Create(entry.Key, entry.Value))]);
        static StringData Say(string text) => new(text);

        var github = Data(
            ("repository", Say("acme/app")), ("ref", Say("refs/heads/main")), ("ref_name", Say("main")), ("sha", Say("0123")),
            ("event", Data(("pull_request", Data(("head", Data(("sha", Say("4567")))))))));
        var message = Some.Job() with
        {
            Steps = steps,
            ContextData = new Dictionary<string, ContextData> { ["github"] = github },
            EnvironmentVariables = [Some.Texts(("OWN", "main"), ("OTHER", "v2"), ("WHERE", "there"))],
        };
        return Some.Payload(message, job.Folder) with { OwnCheckout = own, Reporting = ReportingTarget.Launcher };
    }

    private static void Shell(string folder, string script)
    {
        var start = new ProcessStartInfo("sh", ["-ec", script]) { WorkingDirectory = folder };
        foreach (var (name, value) in Git)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start);
        process?.WaitForExit();
        Assert.Equal(0, process?.ExitCode);
    }
}
