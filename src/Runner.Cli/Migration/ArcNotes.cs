namespace Runner.Cli.Migration;

/// <summary>What is said of keys of actions-runner-controller that have no counterpart here. Pure.</summary>
internal static class ArcNotes
{
    private static readonly (string Prefix, string Note)[] Known =
    [
        ("listenerTemplate", "there is no listener pod: the agents listen, for all pools (chart: resources, nodeSelector, tolerations, podAnnotations)"),
        ("listenerMetrics", "the agents' metrics have other names: docs/observability.md"),
        ("controllerServiceAccount", "there is no controller: the agents make the pods"),
        ("containerMode.kubernetesModeServiceAccount", "jobs get no right at the API server, so their account needs no roles"),
        ("template.spec.serviceAccount", "the account is kubernetes.serviceAccount, whose token is never mounted"),
        ("template.spec.restartPolicy", "a pod runs one job, once"),
        ("template.spec.terminationGracePeriodSeconds", "see kubernetes.terminationGrace"),
        ("template.spec.hostNetwork", "see kubernetes.networking.hostNetwork"),
        ("template.spec.dns", "see kubernetes.networking"),
        ("keyVault", "the credentials are a Secret; what fills it from a vault may be an operator such as external-secrets"),
        ("scaleSetLabels", "see labels of the pool"),
    ];

    /// <summary>The sentence for a key.</summary>
    public static string Of(string path)
    {
        if (path.StartsWith("template.spec.containers[", StringComparison.Ordinal))
        {
            var field = path[(path.IndexOf("].", StringComparison.Ordinal) + 2)..];
            return field switch
            {
                "command" or "args" => "the worker is started by us",
                _ when field.StartsWith("env", StringComparison.Ordinal) => "variables of Secrets and ConfigMaps are not given to jobs: make them secrets and variables at GitHub",
                _ => "has no counterpart",
            };
        }

        return Known.FirstOrDefault(known => path.StartsWith(known.Prefix, StringComparison.Ordinal)).Note ?? "has no counterpart";
    }
}
