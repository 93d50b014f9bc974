using System.Text;
using System.Text.Json.Nodes;
using Runner.Emulator.Tokens;
using Runner.Jobs;
using Runner.Jobs.Messages;

namespace Runner.Emulator.Jobs;

/// <summary>
/// Puts into a job message what only the server knows: ids, the addresses of its services and the job's tokens
/// (<c>job-message.md</c> sections 3, 4 and 6). What the message has already stays, but for ids and the system connection.
/// </summary>
internal sealed class JobMessageCompleter(EmulatorAddress address, TokenIssuer tokens)
{
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromHours(24);

    /// <summary>The message as it goes to the runner.</summary>
    /// <param name="message">Changed in place.</param>
    /// <param name="plan">Plan of the run.</param>
    /// <param name="job">Id of the job.</param>
    /// <param name="key">Key of the job in its workflow.</param>
    public byte[] Complete(JsonObject message, PlanId plan, JobId job, string key)
    {
        Default(message, "messageType", "RunnerJobRequest");
        Default(message, "jobDisplayName", key);
        Default(message, "jobName", key);
        Default(message, "requestId", 0);
        Default(message, "timeline", () => new JsonObject { ["id"] = Guid.NewGuid(), ["changeId"] = 1, ["location"] = null });
        message["jobId"] = job.ToString();
        var planPart = Object(message, "plan");
        planPart["planId"] = plan.ToString();
        Default(planPart, "scopeIdentifier", Guid.Empty.ToString());
        Default(planPart, "planType", "actions");
        Default(planPart, "version", 9);
        Connect(Object(message, "resources"), plan, job, key);
        AddVariables(Object(message, "variables"), plan, job, key);
        return Encoding.UTF8.GetBytes(message.ToJsonString());
    }

    private void Connect(JsonObject resources, PlanId plan, JobId job, string key)
    {
        if (resources["endpoints"] is not JsonArray endpoints)
        {
            resources["endpoints"] = endpoints = [];
        }

        foreach (var old in endpoints.Where(IsSystemConnection).ToList())
        {
            endpoints.Remove(old);
        }

        endpoints.Add((JsonNode)new JsonObject
        {
            ["name"] = "SystemVssConnection",
            ["url"] = address.RunService(plan.Value).AbsoluteUri,
            ["isShared"] = false,
            ["isReady"] = true,
            ["authorization"] = new JsonObject
            {
                ["scheme"] = "OAuth",
                ["parameters"] = new JsonObject { ["AccessToken"] = tokens.IssueJob(plan, job, key) },
            },
            ["data"] = new JsonObject
            {
                ["ResultsServiceUrl"] = address.Root.AbsoluteUri,
                ["PipelinesServiceUrl"] = address.Root.AbsoluteUri,
                ["CacheServerUrl"] = address.Root.AbsoluteUri,
                ["FeedStreamUrl"] = address.Feed.AbsoluteUri,
            },
        });
    }

    private static bool IsSystemConnection(JsonNode? endpoint) =>
        string.Equals(endpoint?["name"]?.ToString(), "SystemVssConnection", StringComparison.OrdinalIgnoreCase);

    private void AddVariables(JsonObject variables, PlanId plan, JobId job, string key)
    {
        var token = variables[JobVariables.GitHubToken]?["value"]?.ToString()
            ?? tokens.Issue(TokenKind.Installation, job.ToString(), TokenLifetime).Token;
        AddVariable(variables, JobVariables.GitHubToken, token, isSecret: true);
        AddVariable(variables, "github_token", token, isSecret: true);
        AddVariable(variables, JobVariables.JobKey, key);
        AddVariable(variables, JobVariables.ResultsEndpoint, address.Root.AbsoluteUri);
        AddVariable(variables, JobVariables.LaunchEndpoint, address.Root.AbsoluteUri);
        AddVariable(variables, JobVariables.RunnerGroupName, "Default");
        AddVariable(variables, JobVariables.RunnerEnvironment, "self-hosted");
        AddVariable(variables, "system.orchestrationId", $"{plan}.{key}.__default");
        AddVariable(variables, JobVariables.EnhancedAnnotations, "true");
        AddVariable(variables, JobVariables.SendJobLevelAnnotations, "true");
    }

    private static void AddVariable(JsonObject variables, string name, string value, bool isSecret = false) => Default(
        variables, name, () => isSecret ? new JsonObject { ["value"] = value, ["isSecret"] = true } : new JsonObject { ["value"] = value });

    private static JsonObject Object(JsonObject parent, string name)
    {
        if (parent[name] is not JsonObject child)
        {
            parent[name] = child = [];
        }

        return child;
    }

    private static void Default(JsonObject parent, string name, JsonNode value) => Default(parent, name, () => value);

    private static void Default(JsonObject parent, string name, Func<JsonNode> value)
    {
        if (parent[name] is null)
        {
            parent[name] = value();
        }
    }
}
