using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Secrets;
using Runner.Jobs.Tokens;
using Runner.Testing;
using Runner.Workflows.Messages;
using static Runner.Workflows.Tests.Planning.Plans;

namespace Runner.Workflows.Tests.Planning;

public sealed class OwnCheckoutTests
{
    public static TheoryData<string, bool> Steps => new()
    {
        // step                                                                                       skipped
        { "{uses: actions/checkout@v4}",                                                              true },
        { "{uses: actions/checkout@v4, with: {fetch-depth: 0}}",                                      true },
        { "{uses: actions/checkout@v4, with: {repository: acme/app}}",                                true },
        { "{uses: actions/checkout@v4, with: {repository: \"${{ github.repository }}\"}}",            true },
        { "{uses: actions/checkout@v4, with: {ref: \"${{ github.sha }}\"}}",                          true },
        { "{uses: actions/checkout@v4, with: {ref: main}}",                                           true },
        { "{uses: actions/checkout@v4, with: {ref: v2}}",                                             false },
        { "{uses: actions/checkout@v4, with: {ref: \"${{ steps.a.outputs.ref }}\"}}",                 false },
        { "{uses: actions/checkout@v4, with: {repository: acme/other}}",                              false },
        { "{uses: actions/checkout@v4, with: {submodules: recursive}}",                               true },
        { "{uses: actions/checkout@v4, with: {submodules: \"${{ env.DEEP }}\"}}",                     false },
        { "{uses: actions/checkout@v4, with: {path: sub}}",                                           true },
        { "{uses: actions/checkout@v4, with: {path: \"${{ env.WHERE }}\"}}",                           false },
        { "{uses: acme/checkout@v4}",                                                                 false },
    };

    [Theory, MemberData(nameof(Steps))]
    public void Only_a_checkout_of_what_is_there_already_is_skipped(string step, bool isSkipped)
    {
        var message = Message(step, skips: true);

        Assert.Equal(isSkipped ? ReferenceType.Script : ReferenceType.Repository, message.Reference?.Type);
    }

    [Fact]
    public void Step_says_that_it_is_skipped_and_gives_the_outputs()
    {
        var message = Message("{id: co, name: Get it, if: always(), uses: actions/checkout@v4}", skips: true);

        Assert.Equal("co", message.ContextName);
        Assert.Equal(new StringToken("Get it"), message.DisplayNameToken);
        Assert.Equal("always()", message.Condition);
        var script = Assert.IsType<MappingToken>(message.Inputs).Find("script")?.ToString();
        Assert.StartsWith("echo \"skipped: the files are here already ", script, StringComparison.Ordinal);
        Assert.Equal("0123", Assert.IsType<MappingToken>(message.Environment).Find("CHECKOUT_COMMIT")?.ToString());
    }

    [Fact]
    public void Checkout_into_a_folder_copies_what_is_there()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["src"]);
        File.WriteAllText(folder["src/a"], "a");
        File.WriteAllText(folder[".b"], "b");
        var message = Message("{uses: actions/checkout@v4, with: {path: sub/deep}}", skips: true);
        File.WriteAllText(folder["-c"], "c");
        File.CreateSymbolicLink(folder["dangling"], "nowhere");

        RunScript(message, folder, folder.FullPath, ("CHECKOUT_PATH", "sub/deep"));

        Assert.Equal(["a", "b", "c"], new[] { "src/a", ".b", "-c" }.Select(name => File.ReadAllText(folder[$"sub/deep/{name}"])));
        Assert.Equal("nowhere", new FileInfo(folder["sub/deep/dangling"]).LinkTarget);
        Assert.False(Directory.Exists(folder["sub/deep/sub"]));
    }

    [Theory(Timeout = 60_000)]
    [InlineData("",          "",              "")]
    [InlineData("true",      "lib/a",         "lib/deep/a")]
    [InlineData("recursive", "lib/deep/a",    "")]
    public void Submodules_that_are_asked_for_and_not_there_are_fetched(string submodules, string there, string missing)
    {
        using var folder = new TempFolder();
        Shell(folder, folder.FullPath, """
            for name in inner outer main; do git init -q $name; echo $name >$name/a; git -C $name add a; git -C $name commit -qm $name; done
            git -C outer submodule --quiet add "$PWD/inner" deep; git -C outer commit -qm deep
            git -C main submodule --quiet add "$PWD/outer" lib; git -C main submodule --quiet add "$PWD/inner" mine; git -C main commit -qm lib
            git clone -q main app; git -C app submodule --quiet update --init mine; echo changed >app/mine/a
            """);
        var message = Message($"{{uses: actions/checkout@v4, with: {{submodules: '{submodules}'}}}}", skips: true);

        RunScript(message, folder, folder["app"], ("CHECKOUT_SUBMODULES", submodules), ("CHECKOUT_TOKEN", "secret"), ("GITHUB_SERVER_URL", "https://github.com"));

        Assert.Equal("changed\n", File.ReadAllText(folder["app/mine/a"]));
        Assert.True(there.Length == 0 || File.Exists(folder[$"app/{there}"]));
        Assert.False(missing.Length > 0 && File.Exists(folder[$"app/{missing}"]));
        Assert.Equal(submodules.Length == 0, !File.Exists(folder["app/lib/a"]));
        Assert.DoesNotContain("AUTHORIZATION", File.ReadAllText(folder["app/.git/config"]), StringComparison.Ordinal);
    }

    [Fact]
    public void Checkout_runs_where_nobody_asked_to_skip_it() =>
        Assert.Equal(ReferenceType.Repository, Message("{uses: actions/checkout@v4}", skips: false).Reference?.Type);

    private static void RunScript(JobStep message, TempFolder folder, string workspace, params (string Name, string Value)[] variables) =>
        Shell(folder, workspace, Assert.IsType<MappingToken>(message.Inputs).Find("script")?.ToString() ?? string.Empty, variables);

    private static void Shell(TempFolder folder, string workspace, string script, params (string Name, string Value)[] variables)
    {
        var start = new System.Diagnostics.ProcessStartInfo("sh", ["-ec", script]) { WorkingDirectory = workspace };
        (string, string)[] settings =
        [
            ("GITHUB_OUTPUT", folder["output"]), ("GIT_CONFIG_COUNT", "3"),
            ("GIT_CONFIG_KEY_0", "protocol.file.allow"), ("GIT_CONFIG_VALUE_0", "always"),
            ("GIT_CONFIG_KEY_1", "user.name"), ("GIT_CONFIG_VALUE_1", "octo"), ("GIT_CONFIG_KEY_2", "user.email"), ("GIT_CONFIG_VALUE_2", "o@example.com"),
        ];
        foreach (var (name, value) in settings.Concat(variables))
        {
            start.Environment[name] = value;
        }

        using var process = System.Diagnostics.Process.Start(start);
        process?.WaitForExit();
        Assert.Equal(0, process?.ExitCode);
    }

    private static JobStep Message(string step, bool skips)
    {
        var planned = Assert.Single(Run($"on: push\njobs: {{j: {{runs-on: x, steps: [{step}]}}}}").Start().Ready);
        return Assert.Single(planned.ToJobMessage(new JobMessageContext
        {
            PlanId = new PlanId(Guid.Empty),
            JobId = new JobId(Guid.Empty),
            SystemConnection = new ServiceEndpoint(),
            GitHubToken = new Secret(string.Empty),
            SkipsOwnCheckout = skips,
        }).Steps);
    }
}
