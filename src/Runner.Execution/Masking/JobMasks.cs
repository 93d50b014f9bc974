using System.Text;
using Runner.Jobs.Launch;
using Runner.Jobs.Messages;

namespace Runner.Execution.Masking;

/// <summary>Collects the secrets that a payload, its job message and the worker's environment bring (<c>worker-semantics.md</c> section 12).</summary>
internal static class JobMasks
{
    private static readonly string[] ProxyVariables = ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"];

    /// <summary>A masker that knows them all.</summary>
    public static SecretMasker Create(LaunchPayload payload, IReadOnlyDictionary<string, string> environment)
    {
        var message = payload.Job;
        var masker = new SecretMasker();
        masker.Add(payload.ServicesToken);
        AddVariables(masker, message);
        AddHints(masker, message);
        foreach (var endpoint in message.Resources.Endpoints)
        {
            foreach (var (_, value) in endpoint.Authorization?.Parameters ?? new Dictionary<string, string?>())
            {
                masker.Add(value);
            }
        }

        AddProxyPasswords(masker, environment);
        return masker;
    }

    private static void AddVariables(SecretMasker masker, JobMessage message)
    {
        foreach (var (name, variable) in message.Variables)
        {
            // The two debug switches may be stored as secrets; to mask "true" would spoil the log.
            if (variable.IsSecret
                && !name.Equals(JobVariables.StepDebug, StringComparison.OrdinalIgnoreCase)
                && !name.Equals(JobVariables.RunnerDebug, StringComparison.OrdinalIgnoreCase))
            {
                masker.Add(variable.Value);
            }
        }

        if (message.Variable(JobVariables.GitHubToken) is { Length: > 0 } token)
        {
            // The form in which git sends it.
            masker.Add(Convert.ToBase64String(Encoding.UTF8.GetBytes($"x-access-token:{token}")));
        }
    }

    private static void AddHints(SecretMasker masker, JobMessage message)
    {
        foreach (var hint in message.Masks)
        {
            if (string.IsNullOrEmpty(hint.Value))
            {
                continue;
            }

            if (hint.Type == MaskType.Regex)
            {
                masker.AddPattern(hint.Value);
            }
            else if (hint.Type == MaskType.Variable)
            {
                masker.Add(message.Variable(hint.Value));
            }
        }
    }

    private static void AddProxyPasswords(SecretMasker masker, IReadOnlyDictionary<string, string> environment)
    {
        foreach (var name in ProxyVariables)
        {
            if (!environment.TryGetValue(name, out var address) || !Uri.TryCreate(address, UriKind.Absolute, out var uri))
            {
                continue;
            }

            var colon = uri.UserInfo.IndexOf(':', StringComparison.Ordinal);
            if (colon >= 0)
            {
                masker.Add(uri.UserInfo[(colon + 1)..]);
                masker.Add(Uri.UnescapeDataString(uri.UserInfo[(colon + 1)..]));
            }
        }
    }
}
