using System.Globalization;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;

namespace Runner.Workflows.Model;

/// <summary>Checks the version of a <c>snapshot</c>: a major version, such as <c>1.*</c>.</summary>
internal static class SnapshotChecker
{
    public static void Check(TemplateToken? snapshot, DiagnosticBag diagnostics)
    {
        if (snapshot is MappingToken mapping && mapping.Find("version") is StringToken version && !IsMajorVersion(version.Value))
        {
            diagnostics.Add(mapping.Position, $"Expected format '{{major-version}}.*' Actual '{version.Value}'");
        }
    }

    private static bool IsMajorVersion(string version) =>
        version.Split('.') is [var major, "*"] && int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
