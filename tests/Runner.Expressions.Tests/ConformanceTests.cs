using System.Globalization;
using System.Text.Json;
using Runner.Expressions.Values;
using Runner.Testing;

namespace Runner.Expressions.Tests;

/// <summary>GitHub's own test vectors; they are read where they lie and are no part of this project.</summary>
public sealed class ConformanceTests
{
    /// <summary>The implementation whose rules we keep; its name in a case's <c>skip</c> list means that the case does not hold for us.</summary>
    private const string OurKind = "csharp";

    public static TheoryData<string> Suites => [.. Conformance.Cases("expressions", "*.json")];

    [Theory, MemberData(nameof(Suites))]
    public void Expressions_give_what_GitHub_says(string suite)
    {
        Assert.SkipWhen(Conformance.Folder is null, Conformance.SkipReason);

        var failures = ReadCases(suite).Select(Run).OfType<string>().ToList();

        Assert.True(failures.Count == 0, string.Join('\n', failures));
    }

    private static IEnumerable<JsonElement> ReadCases(string suite)
    {
        using var file = File.OpenRead(Path.Combine(Conformance.Folder ?? "", "expressions", suite + ".json"));
        var cases = JsonDocument.Parse(file).RootElement.EnumerateObject().SelectMany(group => group.Value.EnumerateArray()).ToList();
        Assert.NotEmpty(cases);
        return cases.Where(IsForUs);
    }

    private static bool IsForUs(JsonElement testCase) =>
        !testCase.TryGetProperty("options", out var options)
        || !options.TryGetProperty("skip", out var skip)
        || skip.EnumerateArray().All(name => name.GetString() != OurKind);

    /// <summary>Runs a case.</summary>
    /// <returns>What is wrong, or <c>null</c>.</returns>
    private static string? Run(JsonElement testCase)
    {
        var text = testCase.GetProperty("expr").GetString() ?? "";
        var contexts = testCase.TryGetProperty("contexts", out var given)
            ? given.EnumerateObject().ToDictionary(entry => entry.Name, entry => Given.Value(entry.Value))
            : [];
        try
        {
            var value = Expression.Parse(text, new(contexts.Keys, [])).Evaluate(new() { Contexts = contexts });
            return testCase.TryGetProperty("result", out var result)
                ? Compare(text, $"{result.GetProperty("kind").GetString()} {Given.Show(Given.Value(result.GetProperty("value")))}", $"{value.Kind} {Given.Show(value)}")
                : $"{text}: expected an error, found {value.Kind} {Given.Show(value)}";
        }
        catch (ExpressionException error)
        {
            if (!testCase.TryGetProperty("err", out var expected))
            {
                return $"{text}: expected a value, found the error: {error.Message}";
            }

            // Some cases give only how the message begins.
            var message = expected.GetProperty("value").GetString() ?? "";
            return Compare(text, expected.GetProperty("kind").GetString() ?? "", error.Kind.ToString().ToLower(CultureInfo.InvariantCulture))
                ?? (error.Message.StartsWith(message, StringComparison.Ordinal) ? null : Compare(text, message, error.Message));
        }
    }

    private static string? Compare(string text, string expected, string actual) =>
        expected == actual ? null : $"{text}\n  expected: {expected}\n  found:    {actual}";
}
