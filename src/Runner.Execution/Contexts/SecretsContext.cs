using Runner.Expressions.Values;
using Runner.Jobs.Messages;

namespace Runner.Execution.Contexts;

/// <summary>
/// The <c>secrets</c> context: the secret variables under their own names, but for the job's own tokens. So the job's token is <c>github_token</c> there, found
/// in any case.
/// </summary>
internal static class SecretsContext
{
    /// <summary>Makes the context.</summary>
    public static ObjectValue Create(JobMessage message) => new(message.Variables
        .Where(variable => variable.Value.IsSecret && !IsOwnToken(variable.Key))
        .Select(variable => KeyValuePair.Create<string, Value>(variable.Key, new StringValue(variable.Value.Value ?? string.Empty))));

    private static bool IsOwnToken(string name) =>
        name.Equals(JobVariables.GitHubToken, StringComparison.OrdinalIgnoreCase)
        || name.Equals(JobVariables.AccessToken, StringComparison.OrdinalIgnoreCase);
}
