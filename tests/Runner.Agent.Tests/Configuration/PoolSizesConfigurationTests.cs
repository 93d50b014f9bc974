using Runner.Agent.Configuration;
using Runner.Jobs.Errors;
using Runner.Testing;

namespace Runner.Agent.Tests.Configuration;

/// <summary>The key <c>sizes</c> of a pool.</summary>
public sealed class PoolSizesConfigurationTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public PoolSizesConfigurationTests() => File.WriteAllText(_folder["token"], "x");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Sizes_are_lists_or_ranges()
    {
        var sizes = Parse("cpu: {min: 500m, max: 16}, memory: [1Gi, 4Gi], gpu: 1, disk: {values: [20Gi]}, arch: [x64, arm64]").Pools[0].Sizes;

        Assert.Equal(("500m", "16", null), (sizes?.Cpu?.Min, sizes?.Cpu?.Max, sizes?.Cpu?.Step));
        Assert.Equal(["1Gi", "4Gi"], sizes?.Memory?.Values);
        Assert.Equal(["1"], sizes?.Gpu?.Values);
        Assert.Equal(["20Gi"], sizes?.Disk?.Values);
        Assert.Equal(["x64", "arm64"], sizes?.Arch);
    }

    [Fact]
    public void Sizes_are_shown_with_where_they_were_written()
    {
        var reading = AgentConfiguration.Read([new ConfigText("runner.yaml", Yaml("cpu: [1, 2], memory: {min: 1Gi, max: 2Gi}"))], new Dictionary<string, string>(), []);

        var lines = ConfigListing.Of(reading).Where(line => line.Path.StartsWith("pools[0].sizes", StringComparison.Ordinal)).Select(line => $"{line.Path}={line.Value} {line.Origin}");

        Assert.Equal(
            ["pools[0].sizes.cpu.values=1, 2 runner.yaml:4:62", "pools[0].sizes.memory.min=1Gi runner.yaml:4:84", "pools[0].sizes.memory.max=2Gi runner.yaml:4:94"], lines);
    }

    [Theory]
    [InlineData("cpu: {min: 1}", "pools[0].sizes.cpu: has no max, which a range needs")]
    [InlineData("memory: [lots]", "pools[0].sizes.memory: has 'lots', expected sizes such as 512Mi, 4Gi")]
    [InlineData("cpus: [1]", "pools[0].sizes.cpus: there is no such setting; did you mean 'cpu'?")]
    [InlineData("cpu: {min: 1, maximum: 2}", "pools[0].sizes.cpu.maximum: there is no such setting")]
    [InlineData("arch: [riscv]", "pools[0].sizes.arch: has 'riscv', expected x64, amd64, arm64, arm")]
    [InlineData("cpu: {min: 1, max: 200, step: 1}", "pools[0].sizes: makes 202 labels of the pool, of which GitHub takes 95; write lists, or ranges with a larger step")]
    [InlineData("gpu: [a100:9, 'b_']", "pools[0].sizes: a job that asks for gpu=b_ cannot be placed: 'gpu=b_' is no request for GPUs; write gpu, gpu=2, gpu=a100 or gpu=a100:2")]
    public void Sizes_that_cannot_be_are_refused_at_the_start(string sizes, string problem) =>
        Assert.Contains(Assert.Throws<OperatorException>(() => Parse(sizes)).Problems, found => found.Contains($": {problem}", StringComparison.Ordinal));

    [Fact]
    public void Every_label_that_a_pool_may_get_is_placed_at_the_start()
    {
        var problems = Assert.Throws<OperatorException>(() => Parse("arch: [x64, arm64]", "platforms: {amd: {image: a, nodeSelector: {kubernetes.io/arch: amd64}}}", "platform: amd")).Problems;

        Assert.Contains("pools[0].sizes: a job that asks for arm64 cannot be placed: 'amd' and 'arm64' contradict each other", Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_are_of_pods()
    {
        var yaml = Yaml("cpu: [1]").Replace("kubernetes:", "backend: host\nkubernetes:", StringComparison.Ordinal);

        var problem = Assert.Throws<OperatorException>(() => AgentConfiguration.Parse("runner.yaml", yaml, new Dictionary<string, string>(), [])).Problems;

        Assert.Contains("pools[0].sizes: are sizes of pods, which other backends do not have; leave them out", Assert.Single(problem), StringComparison.Ordinal);
    }

    private AgentOptions Parse(string sizes, string kubernetes = "enabled: true", string pool = "maxJobs: 1") =>
        AgentConfiguration.Parse("runner.yaml", Yaml(sizes, kubernetes, pool), new Dictionary<string, string>(), []);

    private string Yaml(string sizes, string kubernetes = "enabled: true", string pool = "maxJobs: 1") => $"""
        github:
          url: https://github.com/acme
          auth: {Mapping($"tokenFile: {_folder["token"]}")}
        pools: [{Mapping($"name: sized, labels: [self-hosted, x], sizes: {Mapping(sizes)}, {pool}")}]
        kubernetes: {Mapping($"runnerImage: r, defaultImage: d, {kubernetes}")}
        """;

    private static string Mapping(string entries) => "{" + entries + "}";
}
