using System.Text.RegularExpressions;

namespace Runner.Conventions.Tests;

/// <summary>What pages promise is tried by the tests that they name.</summary>
public sealed partial class PromiseTests
{
    [Theory]
    [InlineData("security.md")]
    [InlineData("reliability.md")]
    [InlineData("install.md")]
    [InlineData("scaling.md")]
    public void Every_test_that_a_page_names_is_there(string page)
    {
        var named = TestName().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", page)))
            .Select(match => (Class: match.Groups["class"].Value, Test: match.Groups["test"].Value))
            .Distinct()
            .ToList();

        Assert.NotEmpty(named);
        Rule.IsKept(
            named.Where(name => !IsThere(name.Class, name.Test)).Select(name => $"{name.Class}.{name.Test}"),
            $"docs/{page} names tests that are not there: a promise that nothing tries. Name the test that does.");
    }

    private static bool IsThere(string name, string test) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), name + ".cs", SearchOption.AllDirectories)
            .Any(file => File.ReadAllText(file).Contains($" {test}(", StringComparison.Ordinal));

    [GeneratedRegex(@"`(?<class>\w+Tests)\.(?<test>\w+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex TestName();
}
