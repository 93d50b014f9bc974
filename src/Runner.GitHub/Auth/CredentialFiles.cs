using System.Security.Cryptography;
using Runner.Jobs.Errors;

namespace Runner.GitHub.Auth;

/// <summary>Reads the files of credentials: for the first call to GitHub, and for whoever asks before it whether they can be used.</summary>
public static class CredentialFiles
{
    /// <summary>Reads all that the credentials need, and keeps nothing.</summary>
    /// <exception cref="OperatorException">A file cannot be used; says which setting names it.</exception>
    public static void Check(GitHubCredentials credentials)
    {
        switch (credentials)
        {
            case GitHubCredentials.TokenFile token:
                ReadToken(token.Path);
                break;
            case GitHubCredentials.App app:
                using (ReadKey(app.PrivateKeyFile))
                {
                    break;
                }
        }
    }

    /// <summary>The token in a file.</summary>
    /// <exception cref="OperatorException">It cannot be read, or there is none.</exception>
    internal static string ReadToken(string path)
    {
        var token = ReadText("github.auth.tokenFile", path).Trim();
        return token.Length == 0 ? throw new OperatorException($"github.auth.tokenFile: '{path}' is empty, expected a personal access token")
            : token.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter) || letter > '~')
            ? throw new OperatorException($"github.auth.tokenFile: '{path}' holds more than one word, expected a personal access token and nothing else")
            : token;
    }

    /// <summary>The private key in a PEM file. The caller disposes it.</summary>
    /// <exception cref="OperatorException">It cannot be read, or is none of GitHub's kind.</exception>
    internal static RSA ReadKey(string path)
    {
        var text = ReadText("github.auth.privateKeyFile", path);
        var key = RSA.Create();
        try
        {
            key.ImportFromPem(text);
            _ = key.SignData([], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1); // a public key is read, too, and cannot sign
            return key;
        }
        catch (Exception error) when (error is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new OperatorException(
                $"github.auth.privateKeyFile: '{path}' is not an RSA private key in PEM form (-----BEGIN RSA PRIVATE KEY-----)", error);
        }
    }

    private static string ReadText(string setting, string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{setting}: '{path}' cannot be read: {error.Message}", error);
        }
    }
}
