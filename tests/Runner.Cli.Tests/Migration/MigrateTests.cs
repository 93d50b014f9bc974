using System.Runtime.CompilerServices;
using Runner.Testing;

namespace Runner.Cli.Tests.Migration;

public sealed class MigrateTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("kubernetes-mode")]
    [InlineData("dind")]
    public async Task Values_of_a_scale_set_become_values_of_ours(string name)
    {
        var result = await Cli.RunAsync(["migrate", "arc", Path.Combine(Inputs(), $"{name}.arc.yaml")]);

        Assert.Equal((0, string.Empty), (result.Code, result.Error));
        Golden.Check($"{name}.values.yaml", result.Out.Replace(Inputs() + "/", string.Empty, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Several_sets_become_pools_of_one_installation()
    {
        var (small, large) = (Write("small.yaml", "githubConfigUrl: https://github.com/acme\nmaxRunners: 5\n"), Write("large.yaml", "githubConfigUrl: https://github.com/acme\n"));

        var result = await Cli.RunAsync(["migrate", "arc", small, large]);

        Assert.Equal(0, result.Code);
        Assert.Contains("- name: small\n  labels:\n  - small\n  mode: scaleset\n  maxJobs: 5\n  platform: small\n- name: large\n", result.Out, StringComparison.Ordinal);
        Assert.Contains("# large: maxRunners was without bound; maxJobs is 100\n", result.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("# small: maxRunners", result.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("githubConfigUrl: [a]\n", "a.yaml:1:18: githubConfigUrl: expected a single value")]
    [InlineData("template: {spec: {containers: {name: runner}}}\n", "a.yaml:1:31: template.spec.containers: expected a list")]
    [InlineData("- a\n", "expected one mapping of values, as of the chart gha-runner-scale-set")]
    [InlineData("a: [\n", "this is not YAML")]
    public async Task What_is_no_such_file_is_told_with_its_place(string text, string problem)
    {
        var result = await Cli.RunAsync(["migrate", "arc", Write("a.yaml", text)]);

        Assert.NotEqual(0, result.Code);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sets_of_different_organisations_are_not_mixed()
    {
        var result = await Cli.RunAsync(
            ["migrate", "arc", Write("a.yaml", "githubConfigUrl: https://github.com/acme\n"), Write("b.yaml", "githubConfigUrl: https://github.com/other\n")]);

        Assert.NotEqual(0, result.Code);
        Assert.Contains("'a' and 'b' have different githubConfigUrl or githubConfigSecret", result.Error, StringComparison.Ordinal);
    }

    private static string Inputs([CallerFilePath] string here = "") => Path.Combine(Path.GetDirectoryName(here) ?? string.Empty, "Golden");

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }
}
