using System.Text.RegularExpressions;

namespace Runner.Conventions.Tests;

/// <summary>What never stands in the sources of the product.</summary>
public sealed partial class SourceTests
{
    [Fact]
    public void Nothing_is_left_for_later() => Rule.IsKept(
        Places(LeftForLater()),
        "Unfinished work: finish it, or leave it out and say in an issue what is missing.");

    [Fact]
    public void Nothing_sleeps() => Rule.IsKept(
        Places(ThreadSleep()),
        "A sleeping thread wakes too late or too early: wait for a signal, or for Task.Delay with the TimeProvider.");

    [Fact]
    public void Json_is_as_deep_for_all() => Rule.IsKept(
        Places(JsonWithoutDepth()),
        "A job's data may be nested up to JsonDepth.MaxData: whoever writes or reads JSON says MaxDepth = JsonDepth.Max, or deep data get stuck with it.");

    private static IEnumerable<string> Places(Regex pattern) =>
        from project in Repository.Product
        from source in project.Sources()
        from found in source.Find(pattern)
        select $"{found.Place}: {found.Match.Value}";

    [GeneratedRegex(@"\b(TODO|FIXME|HACK)\b|\bNotImplementedException\b", RegexOptions.ExplicitCapture)]
    private static partial Regex LeftForLater();

    [GeneratedRegex(@"\[JsonSourceGenerationOptions\(((?!MaxDepth = JsonDepth\.Max)[^\]])*\)\]", RegexOptions.ExplicitCapture)]
    private static partial Regex JsonWithoutDepth();

    [GeneratedRegex(@"\bThread\s*\.\s*Sleep\b")]
    private static partial Regex ThreadSleep();
}
