using Octokit;
using Runner.Jobs.Errors;

namespace Runner.GitHub.Auth;

/// <summary>Takes the token from its file at every call, so that a rotated one is used at once. The file is small and cached by the system.</summary>
internal sealed class TokenFileCredentialStore(string path) : ICredentialStore
{
    public async Task<Credentials> GetCredentials()
    {
        var token = await ReadAsync();
        return token.Length > 0
            ? new Credentials(token, AuthenticationType.Bearer)
            : throw new OperatorException($"github.auth.tokenFile: '{path}' is empty, expected a personal access token");
    }

    private async Task<string> ReadAsync()
    {
        try
        {
            return (await File.ReadAllTextAsync(path)).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"github.auth.tokenFile: '{path}' cannot be read: {error.Message}", error);
        }
    }
}
