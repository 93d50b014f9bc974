using System.Globalization;
using Runner.Agent.Configuration;
using Runner.GitHub.Auth;
using Runner.Jobs.Errors;

namespace Runner.Agent.Hosting;

/// <summary>Makes credentials of <c>github.auth</c>, whose rules were checked before.</summary>
internal static class GitHubAuth
{
    /// <exception cref="OperatorException">A file does not hold what its setting says.</exception>
    public static GitHubCredentials Read(GitHubAuthOptions auth)
    {
        if (auth.TokenFile is { } token)
        {
            return new GitHubCredentials.TokenFile(token);
        }

        var appId = auth.AppId ?? Text("github.auth.appIdFile", auth.AppIdFile) ?? throw new OperatorException("github.auth.appId: is missing");
        var key = auth.PrivateKeyFile ?? throw new OperatorException("github.auth.privateKeyFile: is missing");
        return new GitHubCredentials.App(appId, auth.InstallationId ?? Number(auth.InstallationIdFile), key);
    }

    private static string? Text(string setting, string? file)
    {
        if (file is null)
        {
            return null;
        }

        try
        {
            return File.ReadAllText(file).Trim() is { Length: > 0 } text ? text : throw new OperatorException($"{setting}: '{file}' is empty");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{setting}: '{file}' cannot be read: {error.Message}", error);
        }
    }

    private static long? Number(string? file) => Text("github.auth.installationIdFile", file) switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
        _ => throw new OperatorException($"github.auth.installationIdFile: '{file}' holds no number"),
    };
}
