using Runner.Expressions.Values;
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
        AddToken(contexts, job);

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

    // github.token is not in the message's github context, but credentials may well name it.
    private static void AddToken(Dictionary<string, Value> contexts, JobMessage job)
    {
        if (job.Variable(JobVariables.GitHubToken) is { } token && contexts.GetValueOrDefault("github") is ObjectValue github)
        {
            contexts["github"] = new ObjectValue(github.Entries
                .Where(entry => !entry.Key.Equals("token", StringComparison.OrdinalIgnoreCase))
                .Append(KeyValuePair.Create<string, Value>("token", new StringValue(token))));
        }
    }

    private static bool IsOwnToken(string name) =>
        name.Equals(JobVariables.GitHubToken, StringComparison.OrdinalIgnoreCase)
        || name.Equals(JobVariables.AccessToken, StringComparison.OrdinalIgnoreCase);

    private static ObjectValue Texts(IEnumerable<KeyValuePair<string, string>> texts, bool isCaseSensitive = false) =>
        new(texts.Select(text => KeyValuePair.Create<string, Value>(text.Key, new StringValue(text.Value))), isCaseSensitive);
}
