using static Runner.Workflows.Support.KeySupport;

namespace Runner.Workflows.Support;

/// <summary>Every key of a workflow file. Keys of a job, of its containers and of its steps stand in tables of their own.</summary>
internal static class WorkflowKeys
{
    private const string Permission = "the token of a local run is the GITHUB_TOKEN that you give, with all that it may do";
    private const string Concurrency = "in local runs a group holds among the workflows of one command only";
    internal const string CacheMode = "`read`, `write`, `write-only` or `none`; a called workflow gets no more than its caller";

    private const string Defaults = "of `run` steps";

    private static readonly string[] PlainEvents =
        ["create", "delete", "deployment", "deployment_status", "fork", "gollum", "page_build", "public", "status"];

    private static readonly string[] EventsWithTypes =
    [
        "branch_protection_rule", "check_run", "check_suite", "discussion", "discussion_comment", "issue_comment", "issues", "label", "milestone",
        "project", "project_card", "project_column", "pull_request_comment", "pull_request_review", "pull_request_review_comment",
        "registry_package", "release", "repository_dispatch", "watch",
    ];

    /// <summary>The table.</summary>
    public static SupportTable Table { get; } = new(
    [
        Supported("name"),
        Supported("description"),
        Supported("run-name"),
        Supported("on", "a local run is started for one event by name, `runner EVENT`, with the payload of `-e FILE` or one made from git"),
        .. Events(),
        Supported("env"),
        .. DefaultsOf("defaults"),
        .. PermissionsOf("permissions"),
        .. ConcurrencyOf("concurrency"),
        Supported("cache-mode", CacheMode),
        Supported("jobs"),
        Supported("jobs.*"),
        .. JobKeys.All,
        .. ContainerKeys.All,
        .. StepKeys.All,
    ]);

    /// <summary><c>permissions</c> of the workflow or of a job.</summary>
    public static KeySupport[] PermissionsOf(string path) => [Emulated(path, Permission), Supported($"{path}.*", "read and checked, also against what the caller of a workflow allows")];

    /// <summary><c>concurrency</c> of the workflow or of a job.</summary>
    public static KeySupport[] ConcurrencyOf(string path) =>
    [
        Emulated(path, Concurrency),
        Supported($"{path}.group"),
        Supported($"{path}.cancel-in-progress"),
        Supported($"{path}.queue", "`single` or `max`"),
    ];

    /// <summary><c>defaults</c> of the workflow or of a job.</summary>
    public static KeySupport[] DefaultsOf(string path) =>
        [Supported(path), Supported($"{path}.run", Defaults), Supported($"{path}.run.shell"), Supported($"{path}.run.working-directory")];

    private static KeySupport[] Events() =>
    [
        .. PlainEvents.Select(name => Supported($"on.{name}")),
        .. EventsWithTypes.SelectMany(name => Filtered(name, "types")),
        .. Filtered("push", "branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore"),
        .. Filtered("pull_request", "types", "branches", "branches-ignore", "paths", "paths-ignore"),
        .. Filtered("pull_request_target", "types", "branches", "branches-ignore", "paths", "paths-ignore"),
        .. Filtered("merge_group", "types", "branches", "branches-ignore"),
        .. Filtered("workflow_run", "types", "workflows", "branches", "branches-ignore"),
        .. Filtered("image_version", "types", "names", "versions"),
        Emulated("on.schedule", "nothing here runs by the clock; `runner schedule` runs the workflow at once"),
        Supported("on.schedule.cron", "an event file may name the one that it stands for"),
        Emulated("on.schedule.timezone", "it is for GitHub's clock; nothing here runs by the clock"),
        Supported("on.workflow_dispatch"),
        .. Inputs("on.workflow_dispatch.inputs"),
        Supported("on.workflow_dispatch.inputs.*.options"),
        Supported("on.workflow_call"),
        .. Inputs("on.workflow_call.inputs"),
        Supported("on.workflow_call.secrets"),
        Supported("on.workflow_call.secrets.*"),
        Supported("on.workflow_call.secrets.*.description"),
        Supported("on.workflow_call.secrets.*.required"),
        Supported("on.workflow_call.outputs"),
        Supported("on.workflow_call.outputs.*"),
        Supported("on.workflow_call.outputs.*.description"),
        Supported("on.workflow_call.outputs.*.value"),
    ];

    private static IEnumerable<KeySupport> Filtered(string name, params string[] filters) =>
        filters.Select(filter => Supported($"on.{name}.{filter}")).Prepend(Supported($"on.{name}"));

    private static KeySupport[] Inputs(string path) =>
    [
        Supported(path),
        Supported($"{path}.*"),
        Supported($"{path}.*.type"),
        Supported($"{path}.*.description"),
        Supported($"{path}.*.required"),
        Supported($"{path}.*.default"),
    ];
}
