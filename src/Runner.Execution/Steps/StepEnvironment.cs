using Runner.Execution.Contexts;
using Runner.Execution.Jobs;
using Runner.Expressions;

namespace Runner.Execution.Steps;

/// <summary>Lays the environment of a step's process together (<c>worker-semantics.md</c> section 4). Later layers win.</summary>
internal static class StepEnvironment
{
    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The environment of a script.</summary>
    /// <param name="github">The step's <c>github</c> context.</param>
    /// <param name="runner">The <c>runner</c> context.</param>
    /// <param name="environment">The step's <c>env</c> context.</param>
    public static IReadOnlyDictionary<string, string> OfScript(
        JobScope job, ObjectValue github, ObjectValue runner, IReadOnlyDictionary<string, string> environment)
    {
        var variables = new Dictionary<string, string>(job.Host.Environment, StringComparer.Ordinal);

        // Layer 1: the machine's.
        Add(variables, job.Payload.Environment);
        if (job.Paths.Home is { } home)
        {
            variables["HOME"] = home;
        }

        variables[JobScope.TrackingVariable] = job.TrackingId;

        // Layer 2: the workflow's.
        Add(variables, environment);

        // Layer 5: folders that steps added.
        variables["PATH"] = string.Join(':', job.AddedPaths.Append(variables.GetValueOrDefault("PATH") is { Length: > 0 } path ? path : DefaultPath));

        // Layers 6 to 8: what users cannot override.
        Add(variables, GitHubContext.Variables(github));
        Add(variables, RunnerContext.Variables(runner));
        AddServices(variables, job);
        variables["GITHUB_ACTIONS"] = "true";
        variables.TryAdd("CI", "true");
        return variables;
    }

    private static void AddServices(Dictionary<string, string> variables, JobScope job)
    {
        if (job.Message.SystemConnection is not { } connection)
        {
            return;
        }

        if (connection.DataValue("GenerateIdTokenUrl") is { } address && connection.AccessToken is { Length: > 0 } token)
        {
            variables["ACTIONS_ID_TOKEN_REQUEST_URL"] = address;
            variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = token;
        }

        if (job.Message.IsFeatureOn("actions_set_orchestration_id_env_for_actions")
            && job.Message.Variable("system.orchestrationId") is { Length: > 0 } orchestration)
        {
            variables["ACTIONS_ORCHESTRATION_ID"] = orchestration;
        }
    }

    private static void Add(Dictionary<string, string> variables, IEnumerable<KeyValuePair<string, string>> layer)
    {
        foreach (var (name, value) in layer)
        {
            variables[name] = value;
        }
    }
}
