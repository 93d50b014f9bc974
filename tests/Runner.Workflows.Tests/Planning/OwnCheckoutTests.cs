using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Secrets;
using Runner.Jobs.Tokens;
using Runner.Testing;
using Runner.Workflows.Planning;
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
        { "{uses: actions/checkout@v4, with: {path: sub}}",                                           true },
        { "{uses: actions/checkout@v4, with: {path: \"${{ env.WHERE }}\"}}",                           false },
        { "{uses: acme/checkout@v4}",                                                                 false },
    };

    [Theory, MemberData(nameof(Steps))]
    public void Only_a_checkout_of_what_is_there_already_is_skipped(string step, bool isSkipped)
    {
        var message = Message(step, skips: true);

        Assert.Equal(isSkipped ? ActionSource.Script : ActionSource.Repository, message.Reference?.Type);
    }

    [Fact]
    public void Step_says_that_it_is_skipped_and_gives_the_outputs()
    {
        var message = Message("{id: co, name: Get it, if: always(), uses: actions/checkout@v4}", skips: true);

        Assert.Equal("co", message.ContextName);
        Assert.Equal(new StringToken("Get it"), message.DisplayNameToken);
        Assert.Equal("always()", message.Condition);
        var script = Assert.IsType<MappingToken>(message.Inputs).Find("script")?.ToString();
        Assert.StartsWith("echo \"actions/checkout@v4 is skipped: ", script, StringComparison.Ordinal);
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
        var start = new System.Diagnostics.ProcessStartInfo("sh", ["-c", Assert.IsType<MappingToken>(message.Inputs).Find("script")?.ToString() ?? string.Empty])
        {
            WorkingDirectory = folder.FullPath,
            Environment = { ["CHECKOUT_PATH"] = "sub/deep", ["GITHUB_OUTPUT"] = folder["output"] },
        };

        using var process = System.Diagnostics.Process.Start(start);
        process?.WaitForExit();

        Assert.Equal(0, process?.ExitCode);
        Assert.Equal(["a", "b"], [File.ReadAllText(folder["sub/deep/src/a"]), File.ReadAllText(folder["sub/deep/.b"])]);
        Assert.False(Directory.Exists(folder["sub/deep/sub"]));
    }

    [Fact]
    public void Checkout_runs_where_nobody_asked_to_skip_it() =>
        Assert.Equal(ActionSource.Repository, Message("{uses: actions/checkout@v4}", skips: false).Reference?.Type);

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
