using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Runner.Emulator.Tokens;
using Runner.Jobs;
using Runner.Jobs.Messages;

namespace Runner.Emulator.Jobs;

/// <summary>
/// Puts ids, addresses and tokens into a job message written by hand. What the message has already stays, but for ids and the system
/// connection.
/// </summary>
internal sealed class RawMessageCompleter(JobConnection connection)
{
    /// <summary>The message as it goes to the runner.</summary>
    /// <param name="message">Changed in place.</param>
    /// <param name="plan">Plan of the run.</param>
    /// <param name="job">Id of the job.</param>
    /// <param name="number">The job's number.</param>
    /// <param name="key">Key of the job in its workflow.</param>
    public byte[] Complete(JsonObject message, PlanId plan, JobId job, long number, string key)
    {
        Default(message, "messageType", () => "RunnerJobRequest");
        Default(message, "jobDisplayName", () => key);
        Default(message, "jobName", () => key);
        Default(message, "requestId", () => 0);
        Default(message, "steps", () => new JsonArray());
        Default(message, "timeline", () => new JsonObject { ["id"] = Guid.NewGuid(), ["changeId"] = 1 });
        message["jobId"] = job.ToString();
        var planPart = Object(message, "plan");
        planPart["planId"] = plan.ToString();
        Default(planPart, "scopeIdentifier", () => Guid.Empty.ToString());
        Default(planPart, "planType", () => "actions");
        Default(planPart, "version", () => 9);
        Connect(Object(message, "resources"), connection.Endpoint(plan, job, OrchestrationId.Of(plan, key), RunOrigin.OfRawJob));
        Default(Object(message, "contextData"), "github", () => new JsonObject
        {
            ["t"] = 2, ["d"] = new JsonArray(new JsonObject { ["k"] = "repository", ["v"] = RunOrigin.OfRawJob.Repository }),
        });
        Default(Object(message, "contextData"), "job", () => new JsonObject
        {
            ["t"] = 2, ["d"] = new JsonArray(new JsonObject { ["k"] = "check_run_id", ["v"] = number }),
        });
        AddVariables(Object(message, "variables"), plan, job, key);
        return Encoding.UTF8.GetBytes(message.ToJsonString());
    }

    private static void Connect(JsonObject resources, ServiceEndpoint endpoint)
    {
        if (resources["endpoints"] is not JsonArray endpoints)
        {
            resources["endpoints"] = endpoints = [];
        }

        foreach (var old in endpoints.Where(IsSystemConnection).ToList())
        {
            endpoints.Remove(old);
        }

        endpoints.Add(JsonSerializer.SerializeToNode(endpoint, JobMessageJson.Default.ServiceEndpoint));
    }

    private static bool IsSystemConnection(JsonNode? endpoint) =>
        string.Equals((endpoint as JsonObject)?["name"]?.ToString(), "SystemVssConnection", StringComparison.OrdinalIgnoreCase);

    private void AddVariables(JsonObject variables, PlanId plan, JobId job, string key)
    {
        var token = (variables[JobVariables.GitHubToken] as JsonObject)?["value"]?.ToString() ?? connection.NewGitHubToken(job).Reveal();
        Default(variables, JobVariables.GitHubToken, () => new JsonObject { ["value"] = token, ["isSecret"] = true });
        Default(variables, "github_token", () => new JsonObject { ["value"] = token, ["isSecret"] = true });
        Add(variables, JobVariables.JobKey, key);
        Add(variables, JobVariables.ResultsEndpoint, connection.Services.AbsoluteUri);
        Add(variables, JobVariables.LaunchEndpoint, connection.Services.AbsoluteUri);
        Add(variables, JobVariables.RunnerGroupName, "Default");
        Add(variables, JobVariables.RunnerEnvironment, "self-hosted");
        Add(variables, JobVariables.OrchestrationId, OrchestrationId.Of(plan, key));
        foreach (var (name, value) in FeatureSwitches.All)
        {
            Add(variables, name, value);
        }
    }

    private static void Add(JsonObject variables, string name, string value) =>
        Default(variables, name, () => new JsonObject { ["value"] = value });

    private static JsonObject Object(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child)
        {
            parent[name] = child = [];
        }

        return child;
    }

    private static void Default(JsonObject parent, string name, Func<JsonNode> value)
    {
        if (parent[name] is null)
        {
            parent[name] = value();
        }
    }
}
