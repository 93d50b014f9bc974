using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Runner.Testing.GitHub;

/// <summary>
/// Stands for the reader of GitHub's own runner (2.336) where there is none: it refuses in a job message what ends a job there, and knows none of our types, so
/// that a mistake in them does not hide itself.
/// </summary>
/// <remarks>
/// What it insists on was observed on that runner: it asks for mappings where nulls may not be, puts <c>system.orchestrationId</c> into a <c>User-Agent</c>, and goes
/// other ways where switches are missing. It takes everything else as it comes.
/// </remarks>
public static partial class StrictJobMessage
{
    // Missing, each loses something that is not seen as a failure: big logs, or the reason why an action is not there.
    private static readonly string[] Switches =
    [
        "system.github.results_upload_with_sdk", "actions_display_helpful_actions_download_errors", "DistributedTask.EnhancedAnnotations",
        "actions_service_container_command", "actions_uses_cache_service_v2", "actions_add_check_run_id_to_job_context", "system.from_run_service",
    ];

    private static readonly string[] Dictionaries = ["github", "inputs", "job", "vars", "needs", "strategy"];

    /// <summary>All that GitHub's runner would refuse, each with its place; empty where it takes the message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isFromService">Whether it is to come from a service, with its switches and addresses, and not from a local plan.</param>
    public static IReadOnlyList<string> Problems(JsonElement message, bool isFromService = true)
    {
        var found = new MessageProblems();
        if (!found.IsObject(message, "message"))
        {
            return found.All;
        }

        ReadIds(message, found);
        if (isFromService)
        {
            ReadResources(message, found);
        }

        ReadVariables(message, found, isFromService);
        ReadContexts(message, found);
        ReadTokens(message, found);
        ReadSteps(message, found);
        return found.All;
    }

    /// <summary>Refuses a message that GitHub's runner would refuse.</summary>
    /// <exception cref="Xunit.Sdk.XunitException">It would; the text has all reasons.</exception>
    public static void AssertReadable(ReadOnlySpan<byte> message, string what, bool isFromService = true)
    {
        var reader = new Utf8JsonReader(message);
        using var document = JsonDocument.ParseValue(ref reader);
        var problems = Problems(document.RootElement, isFromService);
        Assert.True(problems.Count == 0, $"GitHub's runner refuses the message of {what}:\n{string.Join('\n', problems)}");
    }

    private static void ReadIds(JsonElement message, MessageProblems found)
    {
        found.IsText(message, "messageType", "message");
        found.IsText(message, "jobDisplayName", "message");
        found.IsId(message, "jobId", "message");
        if (found.Object(message, "plan", "message") is { } plan)
        {
            found.IsId(plan, "planId", "plan");
            found.IsText(plan, "planType", "plan");
            found.IsGuid(plan, "scopeIdentifier", "plan");
        }

        if (found.Object(message, "timeline", "message") is { } timeline)
        {
            found.IsId(timeline, "id", "timeline");
        }
    }

    private static void ReadResources(JsonElement message, MessageProblems found)
    {
        if (found.Object(message, "resources", "message") is not { } resources || found.Array(resources, "endpoints", "resources") is not { } endpoints)
        {
            return;
        }

        var system = endpoints.EnumerateArray().Where(IsSystem).ToList();
        if (system.Count != 1)
        {
            found.Add("resources.endpoints", $"must hold SystemVssConnection once, has it {system.Count} times");
            return;
        }

        found.IsText(system[0], "url", "SystemVssConnection");
        var authorization = found.Object(system[0], "authorization", "SystemVssConnection");
        if (authorization is { } given && found.Object(given, "parameters", "authorization") is { } parameters)
        {
            found.IsText(parameters, "AccessToken", "authorization.parameters");
        }

        if (found.Object(system[0], "data", "SystemVssConnection") is { } data)
        {
            foreach (var name in new[] { "CacheServerUrl", "ResultsServiceUrl", "PipelinesServiceUrl", "FeedStreamUrl" })
            {
                found.IsAddress(data, name, "SystemVssConnection.data");
            }
        }
    }

    private static bool IsSystem(JsonElement endpoint) =>
        string.Equals(MessageProblems.Find(endpoint, "name")?.ToString(), "SystemVssConnection", StringComparison.OrdinalIgnoreCase);

    private static void ReadVariables(JsonElement message, MessageProblems found, bool isFromService)
    {
        if (found.Object(message, "variables", "message") is not { } variables)
        {
            return;
        }

        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var variable in variables.EnumerateObject())
        {
            found.Check(names.Add(variable.Name), $"variables.{variable.Name}", "stands there twice, case ignored");
            found.IsObject(variable.Value, $"variables.{variable.Name}");
        }

        string? Value(string name) => variables.EnumerateObject()
            .Where(variable => variable.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && variable.Value.ValueKind == JsonValueKind.Object)
            .Select(variable => MessageProblems.Find(variable.Value, "value")?.ToString())
            .FirstOrDefault();

        if (Value("system.orchestrationId") is { Length: > 0 } orchestration)
        {
            found.Check(Token().IsMatch(orchestration), "variables.system.orchestrationId", $"goes into a User-Agent and is no token of RFC 9110: '{orchestration}'");
        }

        if (isFromService)
        {
            found.Check(!string.IsNullOrEmpty(Value("system.github.token")), "variables.system.github.token", "is missing");
            foreach (var name in Switches)
            {
                found.Check(Value(name) is not null, $"variables.{name}", "is missing");
            }

            found.Check(Value("system.github.results_upload_with_sdk") == "true", "variables.system.github.results_upload_with_sdk", "must be true, or logs above 2 MB are lost");
            found.Check(Uri.TryCreate(Value("system.github.launch_endpoint"), UriKind.Absolute, out _), "variables.system.github.launch_endpoint", "is no address");
            found.Check(Uri.TryCreate(Value("system.github.results_endpoint"), UriKind.Absolute, out _), "variables.system.github.results_endpoint", "is no address");
        }
    }

    private static void ReadContexts(JsonElement message, MessageProblems found)
    {
        if (found.Object(message, "contextData", "message") is not { } contexts)
        {
            return;
        }

        found.Check(MessageProblems.Find(contexts, "github") is not null, "contextData.github", "is missing");
        foreach (var context in contexts.EnumerateObject())
        {
            var place = $"contextData.{context.Name}";
            if (Dictionaries.Contains(context.Name, StringComparer.OrdinalIgnoreCase))
            {
                found.Check(StrictTokens.IsDictionary(context.Value), place, $"must be a dictionary, is {context.Value.ValueKind}");
            }

            StrictTokens.ReadContext(context.Value, place, found);
        }

        // Asked for as a text before anything runs; without it no action and no workspace is found.
        found.Check(StrictTokens.DictionaryText(contexts, "github", "repository") is { Length: > 0 }, "contextData.github.repository", "is missing");
    }

    private static void ReadTokens(JsonElement message, MessageProblems found)
    {
        foreach (var name in new[] { "environmentVariables", "defaults" })
        {
            if (MessageProblems.Find(message, name) is not { } list)
            {
                continue;
            }

            if (list.ValueKind != JsonValueKind.Array)
            {
                found.Add(name, "must be a list");
                continue;
            }

            foreach (var (token, index) in list.EnumerateArray().Select((token, index) => (token, index)))
            {
                var place = $"{name}[{index}]";
                found.Check(StrictTokens.KindOf(token) == StrictTokens.Mapping || (name != "defaults" && StrictTokens.KindOf(token) == StrictTokens.Expression), place, "must be a mapping");
                StrictTokens.Read(token, place, found);
            }
        }

        foreach (var name in new[] { "jobContainer", "jobServiceContainers", "jobOutputs", "snapshot" })
        {
            if (MessageProblems.Find(message, name) is { } token)
            {
                StrictTokens.Read(token, name, found);
            }
        }
    }

    private static void ReadSteps(JsonElement message, MessageProblems found)
    {
        if (found.Array(message, "steps", "message") is not { } steps)
        {
            return;
        }

        var ids = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (step, index) in steps.EnumerateArray().Select((step, index) => (step, index)))
        {
            var place = $"steps[{index}]";
            if (!found.IsObject(step, place))
            {
                continue;
            }

            found.IsId(step, "id", place);
            found.Check(ids.Add(MessageProblems.Find(step, "id")?.ToString() ?? string.Empty), place, "has the id of another step");
            switch (MessageProblems.Find(step, "type")?.ToString().ToUpperInvariant())
            {
                case "ACTION" or "4":
                    ReadAction(step, place, found);
                    break;
                case "BACKGROUNDSTEPCONTROL" or "5":
                    found.Check(MessageProblems.Find(step, "controlType")?.ToString() is "wait" or "wait-all" or "cancel", place, "has an unknown controlType");
                    break;
                case var other:
                    found.Add(place, $"has the unknown type '{other?.ToLowerInvariant()}'");
                    break;
            }
        }
    }

    private static void ReadAction(JsonElement step, string place, MessageProblems found)
    {
        found.IsText(step, "contextName", place);
        if (found.Object(step, "reference", place) is { } reference)
        {
            switch (MessageProblems.Find(reference, "type")?.ToString().ToUpperInvariant())
            {
                case "SCRIPT" or "3":
                    break;
                case "CONTAINERREGISTRY" or "2":
                    found.IsText(reference, "image", place + ".reference");
                    break;
                case "REPOSITORY" or "1" when MessageProblems.Find(reference, "repositoryType")?.ToString() is "self" or "selfRepository":
                    break;
                case "REPOSITORY" or "1":
                    found.IsText(reference, "name", place + ".reference");
                    found.IsText(reference, "ref", place + ".reference");
                    break;
                case var other:
                    found.Add(place, $"refers to an action of the unknown type '{other}'");
                    break;
            }
        }

        foreach (var name in new[] { "inputs", "environment" })
        {
            if (MessageProblems.Find(step, name) is { } token && token.ValueKind != JsonValueKind.Null)
            {
                found.Check(StrictTokens.KindOf(token) is StrictTokens.Mapping or StrictTokens.Expression, $"{place}.{name}", "must be a mapping or an expression");
            }
        }

        foreach (var name in new[] { "inputs", "environment", "displayNameToken", "continueOnError", "timeoutInMinutes" })
        {
            if (MessageProblems.Find(step, name) is { } token)
            {
                StrictTokens.Read(token, $"{place}.{name}", found);
            }
        }
    }

    [GeneratedRegex(@"\A[!#$%&'*+\-.^_`|~0-9A-Za-z]+\z")]
    private static partial Regex Token();
}
