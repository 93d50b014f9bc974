namespace Runner.Jobs.Messages;

/// <summary>Names of the variables that we read from a job message (<c>job-message.md</c> section 6).</summary>
public static class JobVariables
{
    /// <summary>Token of the job: <c>github.token</c>. Secret, but not in the <c>secrets</c> context.</summary>
    public const string GitHubToken = "system.github.token";

    /// <summary>Legacy token. Secret, but not in the <c>secrets</c> context.</summary>
    public const string AccessToken = "system.accessToken";

    /// <summary>JSON map of what the job's token may do.</summary>
    public const string TokenPermissions = "system.github.token.permissions";

    /// <summary>Key of the job in its workflow: <c>github.job</c>.</summary>
    public const string JobKey = "system.github.job";

    /// <summary>Names the job across all services; see <see cref="Messages.OrchestrationId"/>.</summary>
    public const string OrchestrationId = "system.orchestrationId";

    /// <summary>Base address of the results service; its presence turns it on.</summary>
    public const string ResultsEndpoint = "system.github.results_endpoint";

    /// <summary>Base address of action resolution.</summary>
    public const string LaunchEndpoint = "system.github.launch_endpoint";

    /// <summary>Runner group, shown in "Set up job".</summary>
    public const string RunnerGroupName = "system.runnerGroupName";

    /// <summary><c>self-hosted</c> or <c>github-hosted</c>: <c>runner.environment</c>.</summary>
    public const string RunnerEnvironment = "system.runnerEnvironment";

    /// <summary>Whether orphan processes are killed at the end. Default true.</summary>
    public const string ProcessClean = "process.clean";

    /// <summary>Turns on <c>##[debug]</c> lines.</summary>
    public const string StepDebug = "ACTIONS_STEP_DEBUG";

    /// <summary>Turns on the upload of diagnostic logs.</summary>
    public const string RunnerDebug = "ACTIONS_RUNNER_DEBUG";

    /// <summary>Turns on <c>::notice</c>.</summary>
    public const string EnhancedAnnotations = "DistributedTask.EnhancedAnnotations";

    /// <summary>Turns on the warning for <c>set-output</c> and <c>save-state</c>.</summary>
    public const string DeprecateStepOutputCommands = "DistributedTask.DeprecateStepOutputCommands";

    /// <summary>Turns on <c>uses: $/path</c>.</summary>
    public const string SelfRepository = "actions_self_repository";

    /// <summary>Turns on <c>GITHUB_ARTIFACTS</c>.</summary>
    public const string AllowArtifactsFile = "actions_runner_allow_artifacts_file";

    /// <summary>Turns on annotations of the job itself when it is completed.</summary>
    public const string SendJobLevelAnnotations = "actions_send_job_level_annotations";

    /// <summary>What the job may do with caches, as its workflow writes it: <c>ACTIONS_CACHE_MODE</c> of actions.</summary>
    public const string CacheMode = "actions_cache_mode";

    /// <summary>Tells actions to use the cache service in its second form.</summary>
    public const string CacheServiceV2 = "actions_uses_cache_service_v2";

    /// <summary>
    /// Gives script steps the addresses and the token of the artifact and cache services too, which GitHub gives to actions only. Our own: for
    /// local runs, whose services belong to the user.
    /// </summary>
    public const string ServicesInScripts = "runner_services_in_scripts";

    /// <summary>
    /// Names, separated by commas, of secrets that the run has and the calls on the way to the job's workflow did not pass on. Our own: for local runs,
    /// which tell why a secret is not there.
    /// </summary>
    public const string SecretsNotPassed = "runner_secrets_not_passed";
}
