using System.Text.Json;
using Runner.Backends;

namespace Runner.Agent.Monitoring;

/// <summary>Values of the label <c>reason</c> beside the names of <see cref="FailureReason"/>: few and fixed.</summary>
internal static class VerdictReasons
{
    public const string None = "none";
    public const string Canceled = "canceled";
    public const string LockLost = "lock_lost";
    public const string Invalid = "invalid_job";
    public const string Unplaceable = "unplaceable";
    public const string BackendUnavailable = "backend_unavailable";
    public const string Unreported = "unreported";
    public const string Released = "released";
    public const string Internal = "internal";

    /// <summary>All that a failed job may have.</summary>
    public static IReadOnlyList<string> OfFailures { get; } =
    [
        Invalid, Unplaceable, BackendUnavailable, Unreported, Internal, .. Enum.GetValues<FailureReason>().Where(failure => failure != FailureReason.None).Select(Of),
    ];

    /// <summary>A failure as a label of metrics: <c>image_pull</c>.</summary>
    public static string Of(FailureReason failure) => JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.ToString());
}
