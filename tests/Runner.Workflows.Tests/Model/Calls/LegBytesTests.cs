using Runner.Workflows.Model;

namespace Runner.Workflows.Tests.Model.Calls;

/// <summary>The legs of a matrix count to the size of a result, as GitHub makes them when it reads the file.</summary>
public sealed class LegBytesTests
{
    // By GitHub's rule: a leg of {n: "ab"} takes 24 for itself, 30 for its id, 26 for its absent name, 38 + 24 + 52 + 76 for its matrix with key and value, and
    // 42 + 398 for its strategy with four keys and values.
    private const long Leg = 24 + 30 + 26 + (38 + 24 + (24 + 26 + 2) + (24 + 26 + 4)) + (42 + 398);

    [Theory]
    [InlineData("{matrix: {n: [ab]}}", 1)]
    [InlineData("{matrix: {n: [ab, cd, ef]}}", 3)]
    [InlineData("{matrix: {n: [ab, cd], exclude: [{n: cd}]}}", 1)]
    [InlineData("{matrix: {include: [{n: ab}]}}", 1)]
    [InlineData("{matrix: '${{ github.x }}'}", 0)]
    [InlineData("{matrix: {n: [ab]}, fail-fast: '${{ true }}'}", 0)]
    public void Legs_count_where_no_expression_makes_them(string strategy, int legs)
    {
        const int Braces = 2 * 7; // "${{ " and " }}" are no part of an expression

        var (without, with) = (Smallest("{fail-fast: true}"), Smallest(strategy));
        var written = Written(strategy) - Written("{fail-fast: true}");

        Assert.Equal(legs * Leg, with - without - written + (strategy.Contains("${{", StringComparison.Ordinal) ? Braces : 0));
    }

    [Fact]
    public void Legs_beyond_the_limit_are_refused_without_a_line()
    {
        var reading = Read("{matrix: {n: [ab, cd, ef]}}", Smallest("{matrix: {n: [ab, cd, ef]}}") - 1);

        Assert.Equal("w.yml: Maximum object size exceeded", Assert.Single(reading.Diagnostics).ToString());
    }

    // The least limit that takes the file.
    private static long Smallest(string strategy)
    {
        var (low, high) = (0L, 1_000_000L);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            (low, high) = Read(strategy, middle).Diagnostics.IsEmpty ? (low, middle) : (middle, high);
        }

        return high;
    }

    // What the tokens of a strategy take themselves.
    private static long Written(string strategy)
    {
        var root = Runner.Workflows.Yaml.YamlReader.Read("s", strategy, 1, Runner.Workflows.Yaml.YamlLimits.Workflow).Root!;
        var bytes = new Runner.Workflows.Model.Calls.TokenBytes(long.MaxValue);
        bytes.TryAdd("s", root);
        return bytes.Used;
    }

    private static WorkflowReading Read(string strategy, long limit) => WorkflowFile.Read(
        "w.yml", $"on: push\njobs: {{a: {{runs-on: x, strategy: {strategy}, steps: [{{run: x}}]}}}}", WorkflowReadOptions.Default with { MaxBytes = limit });
}
