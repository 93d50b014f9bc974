namespace Runner.Conventions.Tests;

/// <summary>Asserts that a rule is kept, and says what breaks it and what to do about it.</summary>
internal static class Rule
{
    /// <param name="violations">What breaks the rule, one line each.</param>
    /// <param name="advice">What the rule is and how to keep it.</param>
    public static void IsKept(IEnumerable<string> violations, string advice)
    {
        var found = violations.ToList();
        Assert.True(found.Count == 0, $"{advice}\n  {string.Join("\n  ", found)}");
    }
}
