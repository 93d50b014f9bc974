using System.Text.Json.Nodes;
using Runner.Testing;

namespace Runner.Cli.Tests.Commands;

public sealed class EvalCommandTests
{
    public static TheoryData<string[], int, string> Expressions => new()
    {
        // arguments                                     code  output
        { ["1 == 1"],                                    0,    "true" },
        { ["${{ format('{0}!', 'hi') }}"],               0,    "hi!" },
        { ["fromJson('[1,\"a\"]')"],                     0,    "[1,\"a\"]" },
        { ["--json", "join(fromJson('[1,2]'))"],         0,    "{\"kind\":\"String\",\"value\":\"1,2\"}" },
        { ["--json", "Infinity"],                        0,    "{\"kind\":\"Number\",\"value\":\"Infinity\"}" },
        { ["--json", "nope.x"],                          2,    "{\"err\":{\"kind\":\"parsing\",\"value\":\"Unrecognized named-value: 'nope'. Located at position 1 within expression: nope.x\"}}" },
        { ["success() && always()"],                     0,    "true" },
        { ["failure() || cancelled()"],                  0,    "false" },
        { ["failure()", "--status", "failure"],          0,    "true" },
        { ["success() || failure()", "--status", "cancelled"], 0, "false" },
        { ["cancelled()", "--status", "cancelled"],      0,    "true" },
        { ["success('build')"],                          0,    "true" },
        { ["hashFiles('no-such-file')"],                 0,    "" },
        { ["always(1)"],                                 2,    "Too many parameters supplied: 'always'. Located at position 1 within expression: always(1)" },
        { ["1 = 1"],                                     2,    "Unexpected symbol: '='. Located at position 3 within expression: 1 = 1" },
    };

    [Theory, MemberData(nameof(Expressions))]
    public async Task Expression_is_evaluated(string[] arguments, int code, string output)
    {
        var result = await Cli.RunAsync(["eval", .. arguments]);

        Assert.Equal((code, output), (result.Code, result.Out.TrimEnd()));
    }

    [Fact]
    public async Task Contexts_come_from_a_file()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory().FullName, "contexts.json");
        await File.WriteAllTextAsync(file, """{"github":{"ref":"refs/heads/main"}}""", TestContext.Current.CancellationToken);

        var result = await Cli.RunAsync("eval", "GitHub.REF", "--contexts", file);

        Assert.Equal("refs/heads/main", result.Out.TrimEnd());
    }

    [Fact]
    public async Task Batch_gives_one_line_for_each_line_even_for_nonsense()
    {
        var result = await Cli.RunWithInputAsync("{\"expr\":\"a.b\",\"contexts\":{\"a\":{\"b\":1}}}\n\nnonsense\n{\"contexts\":{}}\n", "eval", "--batch");

        var lines = result.Out.TrimEnd().Split('\n');
        Assert.Equal("{\"kind\":\"Number\",\"value\":1}", lines[0]);
        Assert.Contains("input:1:1: this is not JSON: 'nonsense' is not expected here", lines[1], StringComparison.Ordinal);
        Assert.Equal(["input", "input"], lines[1..].Select(line => JsonNode.Parse(line)?["err"]?["kind"]?.GetValue<string>()));
    }

    [Fact]
    public async Task GitHubs_test_vectors_come_out_of_a_batch_as_they_stand()
    {
        Assert.SkipWhen(Conformance.Folder is null, Conformance.SkipReason);
        var cases = Conformance.Files("expressions", "*.json")
            .SelectMany(file => (JsonNode.Parse(File.ReadAllText(file))?.AsObject() ?? []).SelectMany(group => group.Value?.AsArray() ?? []))
            .OfType<JsonObject>()
            .ToList();

        var result = await Cli.RunWithInputAsync(string.Join('\n', cases.Select(item => item.ToJsonString())), "eval", "--batch");

        var failures = result.Out.TrimEnd().Split('\n').Zip(cases, Compare).OfType<string>().ToList();
        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    // Some errors of the vectors give only how the message begins.
    private static string? Compare(string line, JsonObject item)
    {
        var actual = JsonNode.Parse(line);
        var isRight = item["err"] is { } error
            ? error["kind"]?.GetValue<string>() == actual?["err"]?["kind"]?.GetValue<string>()
                && (actual?["err"]?["value"]?.GetValue<string>() ?? "").StartsWith(error["value"]?.GetValue<string>() ?? "?", StringComparison.Ordinal)
            : JsonNode.DeepEquals(item["result"], actual);
        return isRight ? null : $"{item.ToJsonString()}\n  gave {line}";
    }
}
