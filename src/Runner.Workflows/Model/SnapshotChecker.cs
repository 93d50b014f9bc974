using System.Globalization;
using Runner.Jobs.Tokens;
using Runner.Workflows.Diagnostics;
using Runner.Workflows.Model.Parts;

namespace Runner.Workflows.Model;

/// <summary>Checks the version of a <c>snapshot</c>: a major version, such as <c>1.*</c>.</summary>
internal static class SnapshotChecker
{
    public static void Check(WorkflowSnapshot? snapshot, DiagnosticBag diagnostics)
    {
        if (snapshot?.Version is StringToken version && !IsMajorVersion(version.Value))
        {
            diagnostics.Add(snapshot.Written.Position, $"Expected format '{{major-version}}.*' Actual '{version.Value}'");
        }
    }

    private static bool IsMajorVersion(string version) =>
        version.Split('.') is [var major, "*"] && int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out _);
}
