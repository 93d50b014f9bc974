using Runner.Jobs.Callers;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;

namespace Runner.Execution.Steps;

/// <summary>The <c>ACTIONS_…</c> variables: addresses and tokens of GitHub's services (<c>worker-semantics.md</c> section 4).</summary>
internal static class ServiceVariables
{
    /// <summary>The variables that a kind of step sees.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Of(StepRun run, StepKind kind)
    {
        var message = run.Level.Job.Message;
        if (message.SystemConnection is not { } connection)
        {
            return [];
        }

        var token = connection.AccessToken;
        var hasIdToken = connection.DataValue("GenerateIdTokenUrl") is not null && !string.IsNullOrEmpty(token);
        var payload = run.Level.Job.Payload;
        var own = payload.Services;
        var isForAll = own is not null || message.IsFeatureOn(JobVariables.ServicesInScripts);
        var isAction = isForAll || kind is StepKind.JavaScript or StepKind.Container;

        // The second version of caches is at the results service. Where only the first has a server of its own, clients must not prefer the second.
        var hasCacheV2 = message.IsFeatureOn(JobVariables.CacheServiceV2) && own is not { Cache: not null, Results: null };
        (string Name, string? Value)[] variables =
        [
            ("ACTIONS_RUNTIME_URL", isAction ? connection.DataValue("PipelinesServiceUrl") ?? connection.Url : null),
            ("ACTIONS_RUNTIME_TOKEN", isAction ? TokenOf(run, kind) : null),
            ("ACTIONS_CACHE_URL", isAction ? CacheOf(own, payload.ServicesToken) ?? connection.DataValue("CacheServerUrl") : null),
            ("ACTIONS_RESULTS_URL", isAction ? own?.Results?.AbsoluteUri ?? connection.DataValue("ResultsServiceUrl") : null),
            ("ACTIONS_CACHE_SERVICE_V2", (isForAll || kind == StepKind.JavaScript) && hasCacheV2 ? "True" : null),
            ("ACTIONS_CACHE_MODE", isAction ? message.Variable(JobVariables.CacheMode) : null),
            ("ACTIONS_ID_TOKEN_REQUEST_URL", hasIdToken ? connection.DataValue("GenerateIdTokenUrl") : null),
            ("ACTIONS_ID_TOKEN_REQUEST_TOKEN", hasIdToken ? token : null),
            ("ACTIONS_ORCHESTRATION_ID", Orchestration(message)),
        ];
        return variables.Where(variable => !string.IsNullOrEmpty(variable.Value))
            .Select(variable => KeyValuePair.Create(variable.Name, variable.Value ?? string.Empty));
    }

    // GitHub's own goes no further than on GitHub: scripts do not get it there.
    private static string? TokenOf(StepRun run, StepKind kind)
    {
        var payload = run.Level.Job.Payload;
        var githubs = payload.Job.SystemConnection?.AccessToken;
        return payload is not { ServicesToken: { } own, Services: { } services } ? githubs
            : services.Results is not null ? own
            : kind is StepKind.JavaScript or StepKind.Container || payload.Job.IsFeatureOn(JobVariables.ServicesInScripts) ? githubs
            : own;
    }

    // GitHub's token stays the one that clients send where artifacts are GitHub's: a server of our own finds its token in the address.
    // It has both forms of caches under one address.
    private static string? CacheOf(ServiceAddresses? own, string? token) =>
        token is null ? own?.Cache?.AbsoluteUri
        : (own?.Cache ?? own?.Results) is { } cache ? JobAddress.Of(cache, token).AbsoluteUri
        : null;

    private static string? Orchestration(JobMessage message) =>
        message.IsFeatureOn("actions_set_orchestration_id_env_for_actions") ? message.Variable(JobVariables.OrchestrationId) : null;
}
