using static Runner.Workflows.Support.KeySupport;

namespace Runner.Workflows.Support;

/// <summary>Every key of a job but those of its containers and steps.</summary>
internal static class JobKeys
{
    private const string Snapshot = "no image is made of the job: only runners that GitHub hosts make custom images";

    /// <summary>The entries.</summary>
    public static KeySupport[] All { get; } =
    [
        Supported("jobs.*.name"),
        Supported("jobs.*.needs"),
        Supported("jobs.*.if"),
        .. WorkflowKeys.PermissionsOf("jobs.*.permissions"),
        Supported("jobs.*.runs-on", "labels choose image and node: see [configuration](configuration.md)"),
        Supported("jobs.*.runs-on.labels"),
        Emulated("jobs.*.runs-on.group", "groups of runners are GitHub's; local runs go by the labels alone"),
        Emulated("jobs.*.environment", "local runs wait for no protection rules; secrets and variables are those that you give, of all environments"),
        Supported("jobs.*.environment.name"),
        Supported("jobs.*.environment.url"),
        Emulated("jobs.*.environment.deployment", "local runs create no deployment, whatever it says"),
        .. WorkflowKeys.ConcurrencyOf("jobs.*.concurrency"),
        Supported("jobs.*.cache-mode", WorkflowKeys.CacheMode),
        Supported("jobs.*.outputs"),
        Supported("jobs.*.env"),
        .. WorkflowKeys.DefaultsOf("jobs.*.defaults"),
        Supported("jobs.*.strategy"),
        Supported("jobs.*.strategy.matrix"),
        Supported("jobs.*.strategy.matrix.include"),
        Supported("jobs.*.strategy.matrix.exclude"),
        Supported("jobs.*.strategy.fail-fast"),
        Supported("jobs.*.strategy.max-parallel"),
        Supported("jobs.*.timeout-minutes"),
        Supported("jobs.*.cancel-timeout-minutes"),
        Supported("jobs.*.continue-on-error"),
        Refused("jobs.*.snapshot", Snapshot),
        Refused("jobs.*.snapshot.image-name", Snapshot),
        Refused("jobs.*.snapshot.if", Snapshot),
        Refused("jobs.*.snapshot.version", Snapshot),
        Supported("jobs.*.uses", "a workflow of the checkout; of another repository where its source can be reached"),
        Supported("jobs.*.with"),
        Supported("jobs.*.secrets"),
    ];
}
