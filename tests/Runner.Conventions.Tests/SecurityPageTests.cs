using System.Text.RegularExpressions;

namespace Runner.Conventions.Tests;

/// <summary>What docs/security.md says is tried by the tests that it names.</summary>
public sealed partial class SecurityPageTests
{
    [Fact]
    public void Every_test_that_the_page_names_is_there()
    {
        var named = TestName().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "security.md")))
            .Select(match => (Class: match.Groups["class"].Value, Test: match.Groups["test"].Value))
            .Distinct()
            .ToList();

        Assert.NotEmpty(named);
        Rule.IsKept(
            named.Where(name => !IsThere(name.Class, name.Test)).Select(name => $"{name.Class}.{name.Test}"),
            "docs/security.md names tests that are not there: a wall that nothing tries. Name the test that does.");
    }

    private static bool IsThere(string name, string test) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), name + ".cs", SearchOption.AllDirectories)
            .Any(file => File.ReadAllText(file).Contains($" {test}(", StringComparison.Ordinal));

    [GeneratedRegex(@"`(?<class>\w+Tests)\.(?<test>\w+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex TestName();
}
