using static Runner.Workflows.Support.KeySupport;

namespace Runner.Workflows.Support;

/// <summary>Every key of a step. Limits and details: <c>docs/steps.md</c>.</summary>
internal static class StepKeys
{
    /// <summary>The entries.</summary>
    public static KeySupport[] All { get; } =
    [
        Supported("jobs.*.steps", "see [steps](steps.md)"),
        Supported("jobs.*.steps.name"),
        Supported("jobs.*.steps.id"),
        Supported("jobs.*.steps.if"),
        Supported("jobs.*.steps.run"),
        Supported("jobs.*.steps.shell"),
        Supported("jobs.*.steps.working-directory"),
        Supported("jobs.*.steps.uses"),
        Supported("jobs.*.steps.with"),
        Supported("jobs.*.steps.env"),
        Supported("jobs.*.steps.timeout-minutes"),
        Supported("jobs.*.steps.continue-on-error"),
        Supported("jobs.*.steps.background"),
        Supported("jobs.*.steps.parallel"),
        Supported("jobs.*.steps.wait"),
        Supported("jobs.*.steps.wait-all"),
        Supported("jobs.*.steps.cancel"),
    ];
}
