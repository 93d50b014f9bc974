using System.Runtime.CompilerServices;
using Runner.Testing;

namespace Runner.Cli.Tests.Commands;

/// <summary>What labels become, without a cluster.</summary>
public sealed class ExplainCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public ExplainCommandTests() => File.WriteAllText(_folder["runner.yaml"], """
        pools:
          - {name: build, labels: [self-hosted, linux], sizes: {cpu: {min: 1, max: 8}}, platform: plain}
        kubernetes:
          runnerImage: registry.example/runner:1
          defaultImage: "registry.example/ubuntu:{version}"
          platforms:
            plain: {image: "registry.example/plain:2", podTemplate: {spec: {schedulerName: volcano}}}
        """);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Labels_are_told_one_by_one_and_with_the_pod_that_comes_of_them()
    {
        var result = await RunAsync("ubuntu-24.04,x64", "gpu=a100:2", "cpu=4");

        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        Golden.Check("explain.txt", result.Out);
    }

    [Fact]
    public async Task Pool_gives_its_labels_its_platform_and_its_bounds()
    {
        var within = await RunAsync("cpu=2", "--pool", "build");
        var beyond = await RunAsync("cpu=16", "--pool", "build");

        Assert.Contains("\n  Image: registry.example/plain:2\n", within.Out, StringComparison.Ordinal);
        Assert.Contains("\n  Label cpu=2: ", within.Out, StringComparison.Ordinal);
        Assert.Contains("\n  schedulerName: volcano\n", within.Out, StringComparison.Ordinal);
        Assert.NotEqual(0, beyond.Code);
        Assert.Contains("runs-on: 'cpu=16' is not within the bounds of pool 'build': cpu 1 to 8", beyond.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Engine_beside_a_job_as_the_docs_have_it_is_one_that_the_settings_take()
    {
        const string Begin = "```yaml\nkubernetes:\n  platforms:\n    docker-builds:";
        var docs = await File.ReadAllTextAsync(Docs("containers.md"), TestContext.Current.CancellationToken);
        var from = docs.IndexOf(Begin, StringComparison.Ordinal) + "```yaml\n".Length;
        await File.WriteAllTextAsync(_folder["docs.yaml"], docs[from..docs.IndexOf("```", from, StringComparison.Ordinal)], TestContext.Current.CancellationToken);

        var result = await Cli.RunAsync("explain", "docker-builds", "--config", _folder["docs.yaml"]);

        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        Assert.Contains("    image: docker:28-dind\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("      privileged: true\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("    - mountPath: /run/docker\n", result.Out, StringComparison.Ordinal);
    }

    private static string Docs(string name, [CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here)!, "../../../docs", name); // a path of the compiler

    [Theory]
    [InlineData(new[] { "linux", "windows" }, "runs-on: 'linux' and 'windows' contradict each other")]
    [InlineData(new[] { "--pool", "biuld" }, "--pool: there is no pool 'biuld' in the settings; did you mean 'build'?")]
    [InlineData(new string[0], "'runner explain' needs labels, or --pool")]
    public async Task What_cannot_be_is_told(string[] arguments, string problem)
    {
        var result = await RunAsync(arguments);

        Assert.NotEqual(0, result.Code);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
    }

    private Task<CliResult> RunAsync(params string[] arguments) => Cli.RunAsync(["explain", .. arguments, "--config", _folder["runner.yaml"]]);
}
