namespace Runner.GitHub.Auth;

/// <summary>How the agent proves to GitHub who it is. Secrets are in files, so that they can be mounted and rotated.</summary>
public abstract record GitHubCredentials
{
    private GitHubCredentials()
    {
    }

    /// <summary>A personal access token, read anew from its file when the file changes.</summary>
    /// <param name="Path">The file; white space around the token is ignored.</param>
    public sealed record TokenFile(string Path) : GitHubCredentials;

    /// <summary>A GitHub App.</summary>
    /// <param name="AppId">The App's number or client id.</param>
    /// <param name="InstallationId">The installation, or <c>null</c>: the one at the endpoint's owner is looked up.</param>
    /// <param name="PrivateKeyFile">PEM file of the App's private key, PKCS#1 or PKCS#8.</param>
    public sealed record App(string AppId, long? InstallationId, string PrivateKeyFile) : GitHubCredentials;
}
