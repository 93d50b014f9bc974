namespace Runner.Agent.Configuration;

/// <summary>The version of GitHub's runner that this one announces, and which it was made for.</summary>
public static class AnnouncedVersion
{
    /// <summary>The version.</summary>
    public const string BuiltIn = "2.336.0";

    /// <summary>When GitHub released it.</summary>
    public static DateTimeOffset Released { get; } = new(2026, 8, 17, 0, 0, 0, TimeSpan.Zero);
}
