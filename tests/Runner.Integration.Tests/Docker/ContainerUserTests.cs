using Runner.Jobs.Containers;
using Runner.Jobs.Outcomes;
using Runner.Jobs.Tokens;
using Runner.Testing;
using Runner.Testing.Docker;

namespace Runner.Integration.Tests.Docker;

/// <summary>A job runs as the user of its image, or as the one that its options say, and can work in all its folders.</summary>
public sealed class ContainerUserTests(DockerEngineFixture engine) : IDisposable
{
    // A name for each user: the tool cache is one for all jobs of an engine.
    private const string Script = """
        for folder in "$GITHUB_WORKSPACE" "$RUNNER_TEMP" "$RUNNER_TOOL_CACHE" "$HOME"; do echo x >"$folder/of-$(id -u)" || exit 1; done
        echo "word=uid $(id -u) gid $(id -g)" >>"$GITHUB_OUTPUT"
        """;

    private readonly DockerRun _run = new(engine);

    public void Dispose() => _run.Dispose();

    [Theory(Timeout = 180_000)]
    [InlineData(null, null, "uid 0 gid 0")]
    [InlineData("1001", null, "uid 1001 gid 0")]
    [InlineData("1654:1654", null, "uid 1654 gid 1654")]
    [InlineData(null, "--user 1000", "uid 1000 gid 0")]
    [InlineData("1001", "--user 1002:1003", "uid 1002 gid 1003")]
    [InlineData("1001", "--user 0", "uid 0 gid 0")]
    public async Task Job_runs_as_its_user_and_can_work_in_every_folder(string? ofImage, string? options, string seen)
    {
        File.SetUnixFileMode(_run.PathOf("."), (UnixFileMode)0b111_111_111);
        var job = new JobContainer { Image = await ImageAsync(ofImage), Options = ContainerOptionsParser.Parse(options, "container.options") };

        var result = await _run.RunAsync(
            new JobContainers { Job = job },
            Some.Script(Script, "who", shell: "sh"),
            Some.Script("echo it is $WORD", shell: "sh", env: Some.Mapping(("WORD", new ExpressionToken("steps.who.outputs.word")))));

        Assert.True(result.Conclusion == Conclusion.Succeeded, result.ToString());
        Assert.Contains($"it is {seen}", result.Lines);
    }

    private async Task<string> ImageAsync(string? user)
    {
        var name = $"local/user-{Guid.NewGuid():N}:1";
        await engine.ImportBusyboxAsync(name, user, TestContext.Current.CancellationToken);
        return name;
    }
}
