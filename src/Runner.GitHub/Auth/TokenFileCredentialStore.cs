using Octokit;

namespace Runner.GitHub.Auth;

/// <summary>Takes the token from its file at every call, so that a rotated one is used at once. The file is small and cached by the system.</summary>
internal sealed class TokenFileCredentialStore(string path) : ICredentialStore
{
    // Not in the call itself: what goes wrong belongs into the task.
    public Task<Credentials> GetCredentials() => Task.Run(() => new Credentials(CredentialFiles.ReadToken(path), AuthenticationType.Bearer));
}
