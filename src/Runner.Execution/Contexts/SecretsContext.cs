using Runner.Expressions;
using Runner.Jobs.Messages;

namespace Runner.Execution.Contexts;

/// <summary>The <c>secrets</c> context: the secret variables, but for the job's own tokens.</summary>
internal static class SecretsContext
{
    private const string TokenVariable = "github_token";

    /// <summary>Makes the context.</summary>
    public static ObjectValue Create(JobMessage message) => new(message.Variables
        .Where(variable => variable.Value.IsSecret && !IsOwnToken(variable.Key))
        .Select(variable => KeyValuePair.Create<string, Value>(
            variable.Key.Equals(TokenVariable, StringComparison.OrdinalIgnoreCase) ? "GITHUB_TOKEN" : variable.Key,
            new StringValue(variable.Value.Value ?? string.Empty))));

    private static bool IsOwnToken(string name) =>
        name.Equals(JobVariables.GitHubToken, StringComparison.OrdinalIgnoreCase)
        || name.Equals(JobVariables.AccessToken, StringComparison.OrdinalIgnoreCase);
}
