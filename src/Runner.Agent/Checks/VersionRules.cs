using System.Globalization;
using Runner.Agent.Configuration;

namespace Runner.Agent.Checks;

/// <summary>Whether the version that is announced to GitHub is young enough: GitHub refuses runners some time after newer ones are out. Pure.</summary>
internal static class VersionRules
{
    private const string Name = "version";
    private const string Fix = "upgrade this runner, or set github.runnerVersion to the newest of https://github.com/actions/runner/releases";

    // GitHub wants runners that are updated within 30 days of a release, and enforces it some weeks later.
    private static readonly TimeSpan Old = TimeSpan.FromDays(60);

    /// <summary>Judges it.</summary>
    /// <param name="announced">What the settings announce.</param>
    /// <param name="now">The time.</param>
    public static CheckResult Judge(string announced, DateTimeOffset now)
    {
        if (!Version.TryParse(announced, out var version))
        {
            return CheckResult.Failed(Name, $"'{announced}' is no version, and GitHub refuses runners without one", "set github.runnerVersion to a version such as " + AnnouncedVersion.BuiltIn);
        }

        var (builtIn, age) = (Version.Parse(AnnouncedVersion.BuiltIn), now - AnnouncedVersion.Released);
        if (version < builtIn)
        {
            return CheckResult.Warning(Name, $"{announced} is announced (github.runnerVersion), older than the {AnnouncedVersion.BuiltIn} that this runner was made for", Fix);
        }

        var text = string.Create(CultureInfo.InvariantCulture, $"{announced} is announced");
        return version > builtIn ? CheckResult.Ok(Name, $"{text} (github.runnerVersion), newer than the {AnnouncedVersion.BuiltIn} that this runner was made for")
            : age <= Old ? CheckResult.Ok(Name, text)
            : CheckResult.Warning(
                Name,
                string.Create(CultureInfo.InvariantCulture, $"{text}, of {AnnouncedVersion.Released:yyyy-MM-dd} and {age.TotalDays:F0} days old: GitHub may refuse it soon (RunnerVersionTooOld)"),
                Fix);
    }
}
