using System.Diagnostics;
using System.Text.Json;
using Runner.Expressions.Values;
using Runner.Testing;

namespace Runner.Expressions.Tests.Differential;

/// <summary>The language against GitHub's own npm package <c>@actions/expressions</c>, run by a real node: the same value, or the same kind of error.</summary>
public sealed class DifferentialTests(ITestOutputHelper output)
{
    private const string Package = "@actions/expressions";
    private const int Count = 12_000;
    private const int Seed = 20261125;

    [Fact(Timeout = 120_000)]
    public async Task Generated_expressions_give_what_GitHubs_own_package_gives()
    {
        Assert.SkipUnless(NpmPackages.Has(Package), NpmPackages.SkipReason);
        var writer = new ExpressionWriter(Seed);
        var expressions = Enumerable.Range(0, Count).Select(_ => writer.Next()).ToList();

        var theirs = await EvaluateByNodeAsync(expressions);

        var differences = new List<string>();
        var known = new Dictionary<string, int>();
        foreach (var (expression, answer) in expressions.Zip(theirs))
        {
            var ours = Evaluate(expression);
            if (answer != ours && KnownDifferences.Reason(expression, answer, ours) is { } reason)
            {
                known[reason] = known.GetValueOrDefault(reason) + 1;
            }
            else if (answer != ours)
            {
                differences.Add($"{expression}\n  GitHub: {answer}\n  ours:   {ours}");
            }
        }

        output.WriteLine($"seed {Seed}: {Count} expressions, of which {theirs.Count(answer => !answer.EndsWith(" error", StringComparison.Ordinal))} have a value");
        output.WriteLine(string.Join('\n', known.Select(entry => $"{entry.Value} known to differ: {entry.Key}")));
        Assert.Equal(Count, theirs.Count);
        Assert.True(differences.Count == 0, $"{differences.Count} of {Count} differ (seed {Seed})\n{string.Join('\n', differences.Take(25))}");
        Assert.True(known.Values.Sum() < Count / 10, $"{known.Values.Sum()} known differences of {Count}: the test compares too little");
    }

    private static async Task<List<string>> EvaluateByNodeAsync(List<string> expressions)
    {
        var start = new ProcessStartInfo(NpmPackages.Node, [Path.Combine(AppContext.BaseDirectory, "Differential", "evaluate.mjs"), NpmPackages.Modules])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using var node = Process.Start(start) ?? throw new InvalidOperationException("node does not start");
        var answers = node.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await node.StandardInput.WriteLineAsync(ExpressionWriter.Contexts.ReplaceLineEndings(" "));
        foreach (var expression in expressions)
        {
            await node.StandardInput.WriteLineAsync(JsonSerializer.Serialize(expression));
        }

        node.StandardInput.Close();
        return [.. (await answers).TrimEnd('\n').Split('\n').Select(line => JsonSerializer.Deserialize<string>(line) ?? string.Empty)];
    }

    private static string Evaluate(string expression)
    {
        var context = Given.Contexts(ExpressionWriter.Contexts);
        try
        {
            var value = Expression.Parse(expression, new(context.Contexts.Keys, [])).Evaluate(context);
            return $"{value.Kind} {Given.Show(value)}";
        }
        catch (ExpressionException error)
        {
            return $"{error.Kind.ToString().ToLowerInvariant()} error";
        }
    }
}
