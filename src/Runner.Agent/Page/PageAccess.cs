using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Runner.Agent.Configuration;
using Runner.Jobs.Errors;

namespace Runner.Agent.Page;

/// <summary>Decides who may see the page.</summary>
/// <param name="token">What has to be given; <c>null</c>: nothing, by whoever can reach this machine's own address.</param>
internal sealed class PageAccess(string? token)
{
    private const int LeastToken = 16;
    private const string Basic = "Basic ";
    private const string Bearer = "Bearer ";

    private readonly byte[]? _hash = token is null ? null : SHA256.HashData(Encoding.UTF8.GetBytes(token));

    /// <summary>The access of settings whose rules hold.</summary>
    /// <exception cref="OperatorException">The token cannot be read, or is too short.</exception>
    public static PageAccess Of(PageOptions options, IReadOnlyDictionary<string, string> environment)
    {
        var (setting, text) = options switch
        {
            { TokenFile: { } file } => ("agent.page.tokenFile", Read(file)),
            { TokenVariable: { } name } => ("agent.page.tokenVariable", environment.GetValueOrDefault(name)
                ?? throw new OperatorException($"agent.page.tokenVariable: the environment has no variable '{name}'")),
            _ => (string.Empty, null),
        };
        return text is null || text.Trim().Length >= LeastToken
            ? new PageAccess(text?.Trim())
            : throw new OperatorException($"{setting}: the token has {text.Trim().Length} characters, expected at least {LeastToken}, such as of: openssl rand -hex 32");
    }

    /// <summary>Whether a request may be answered, as the status of the answer that it gets instead.</summary>
    /// <param name="host">The name by which it was asked.</param>
    /// <param name="authorization">What it gives.</param>
    public int? Refusal(HostString host, string? authorization) => _hash switch
    {
        // A name of somebody's own that leads to this machine lets a page of his in a user's browser ask us.
        null => IsThisMachine(host.Host) ? null : StatusCodes.Status403Forbidden,
        _ => Given(authorization) is { } given && CryptographicOperations.FixedTimeEquals(SHA256.HashData(given), _hash) ? null : StatusCodes.Status401Unauthorized,
    };

    private static bool IsThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static byte[]? Given(string? authorization)
    {
        if (authorization is null)
        {
            return null;
        }

        if (authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return Encoding.UTF8.GetBytes(authorization[Bearer.Length..].Trim());
        }

        // The password of any user, which is what a browser asks people for.
        var encoded = authorization.StartsWith(Basic, StringComparison.OrdinalIgnoreCase) ? authorization[Basic.Length..].Trim() : string.Empty;
        var pair = new byte[encoded.Length];
        return Convert.TryFromBase64String(encoded, pair, out var length) && pair.AsSpan(0, length).IndexOf((byte)':') is >= 0 and var colon
            ? pair[(colon + 1)..length]
            : null;
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"agent.page.tokenFile: '{file}' cannot be read: {error.Message}", error);
        }
    }
}
