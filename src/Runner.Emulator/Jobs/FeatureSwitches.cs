using Runner.Jobs.Messages;

namespace Runner.Emulator.Jobs;

/// <summary>The switches in the variables of every job: those that a message of github.com was seen with (May 2026), and three of later features.</summary>
/// <remarks>
/// GitHub's runner behaves otherwise where one is missing: it drops logs above 2 MB without <c>system.github.results_upload_with_sdk</c>, and tells an action that is
/// not there as a null reference without <c>actions_display_helpful_actions_download_errors</c>.
/// </remarks>
internal static class FeatureSwitches
{
    private static readonly string[] On =
    [
        "Actions.EnableHttpRedirects",
        "DistributedTask.AddWarningToNode12Action",
        "DistributedTask.AddWarningToNode16Action",
        "DistributedTask.AllowRunnerContainerHooks",
        JobVariables.DeprecateStepOutputCommands,
        "DistributedTask.DetailUntarFailure",
        "DistributedTask.EnableCompositeActions",
        "DistributedTask.EnableJobServerQueueTelemetry",
        JobVariables.EnhancedAnnotations,
        "DistributedTask.ForceGithubJavascriptActionsToNode16",
        "DistributedTask.ForceGithubJavascriptActionsToNode20",
        "DistributedTask.LogTemplateErrorsAsDebugMessages",
        "DistributedTask.MarkJobAsFailedOnWorkerCrash",
        "DistributedTask.NewActionMetadata",
        "DistributedTask.UploadStepSummary",
        "DistributedTask.UseActionArchiveCache",
        "DistributedTask.UseWhich2",
        "RunService.FixEmbeddedIssues",
        "actions.runner.warnonnode20",
        "actions_add_check_run_id_to_job_context",
        "actions_container_action_runner_temp",
        "actions_display_helpful_actions_download_errors",
        "actions_runner_deprecate_linux_arm32",
        "actions_runner_kill_linux_arm32",
        "actions_service_container_command",
        "actions_set_orchestration_id_env_for_actions",
        "actions_skip_retry_complete_job_upon_known_errors",
        "actions_snapshot_preflight_hosted_runner_check",
        "actions_snapshot_preflight_image_gen_pool_check",
        "actions_use_bearer_token_for_codeload",
        JobVariables.CacheServiceV2,
        "system.from_run_service",
        "system.github.results_upload_with_sdk",

        // Not in that message; features that came after it, which the emulator serves.
        JobVariables.SendJobLevelAnnotations,
        JobVariables.SelfRepository,
        JobVariables.AllowArtifactsFile,
    ];

    private static readonly string[] Off =
    [
        "actions_batch_action_resolution",
        "actions_runner_compare_workflow_parser",
        "actions_runner_emit_composite_markers",
        "actions.runner.requirenode24",
        "actions.runner.usenode24bydefault",
    ];

    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> All { get; } =
    [
        .. On.Select(name => KeyValuePair.Create(name, "true")),
        .. Off.Select(name => KeyValuePair.Create(name, "false")),
        KeyValuePair.Create("system.runner.lowdiskspacethreshold", "100"),
    ];
}
