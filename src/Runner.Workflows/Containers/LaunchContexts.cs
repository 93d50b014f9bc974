using Runner.Expressions.Values;
using Runner.Jobs.Containers;
using Runner.Jobs.Messages;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Containers;

/// <summary>What expressions can see before a job has a worker: the message's own contexts, its secrets, its <c>env</c>.</summary>
internal static class LaunchContexts
{
    /// <summary>The contexts of a job.</summary>
    public static EvaluationContext Of(JobMessage job)
    {
        var contexts = new Dictionary<string, Value>(ContextValues.ToContexts(job.ContextData), StringComparer.OrdinalIgnoreCase)
        {
            ["secrets"] = Secrets(job),
            ["runner"] = Texts([KeyValuePair.Create("os", "Linux")]),
        };
        contexts["github"] = GitHub(job, contexts.GetValueOrDefault("github"));

        // The variables of the workflow come first; those of the job may use them.
        var environment = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var block in job.EnvironmentVariables)
        {
            contexts["env"] = Texts(environment, isCaseSensitive: true);
            foreach (var (name, value) in new TemplateEvaluator(new EvaluationContext { Contexts = contexts }, job.FileTable).EvaluateTexts(block))
            {
                environment[name] = value;
            }
        }

        contexts["env"] = Texts(environment, isCaseSensitive: true);
        return new EvaluationContext { Contexts = contexts };
    }

    private static ObjectValue Secrets(JobMessage job) => Texts(job.Variables
        .Where(variable => variable.Value.IsSecret && !IsOwnToken(variable.Key))
        .Select(variable => KeyValuePair.Create(variable.Key, variable.Value.Value ?? string.Empty)));

    // What GitHub's runner adds to the message's own context before it evaluates a container; credentials may well name the token.
    private static ObjectValue GitHub(JobMessage job, Value? given)
    {
        KeyValuePair<string, string?>[] added =
        [
            KeyValuePair.Create("token", job.Variable(JobVariables.GitHubToken)),
            KeyValuePair.Create("job", job.Variable(JobVariables.JobKey)),
            KeyValuePair.Create<string, string?>("workspace", VolumeMapping.Workspace),
        ];
        var known = added.Where(member => member.Value is not null).ToList();
        return new ObjectValue(((given as ObjectValue)?.Entries ?? [])
            .Where(entry => !known.Exists(member => member.Key.Equals(entry.Key, StringComparison.OrdinalIgnoreCase)))
            .Concat(known.Select(member => KeyValuePair.Create<string, Value>(member.Key, new StringValue(member.Value!))))); // not null: filtered above
    }

    private static bool IsOwnToken(string name) =>
        name.Equals(JobVariables.GitHubToken, StringComparison.OrdinalIgnoreCase)
        || name.Equals(JobVariables.AccessToken, StringComparison.OrdinalIgnoreCase);

    private static ObjectValue Texts(IEnumerable<KeyValuePair<string, string>> texts, bool isCaseSensitive = false) =>
        new(texts.Select(text => KeyValuePair.Create<string, Value>(text.Key, new StringValue(text.Value))), isCaseSensitive);
}
