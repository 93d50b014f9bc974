using System.Collections.Frozen;

namespace Runner.Backends.Host;

/// <summary>
/// What of the launcher's environment a worker on the host inherits. The launcher's may hold credentials (a token for GitHub, a cloud
/// key), so only names known to be harmless pass: search path, home, user, language, time zone, proxies, certificates, temporary folder.
/// </summary>
public static class HostEnvironment
{
    /// <summary>Names the job's private folder: processes of the job carry it, and that is how those left over are found.</summary>
    internal const string JobFolder = "RUNNER_JOB_FOLDER";

    /// <summary>Names a folder of actions' archives that the operator keeps; whoever can write to it chooses what jobs run.</summary>
    internal const string ActionArchives = "ACTIONS_RUNNER_ACTION_ARCHIVE_CACHE";

    private const string DefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static readonly FrozenSet<string> PassedNames = FrozenSet.Create(
        StringComparer.Ordinal,
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TERM", "TMPDIR",
        "http_proxy", "https_proxy", "no_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY",
        "SSL_CERT_FILE", "SSL_CERT_DIR", "DOTNET_ROOT", "JAVA_HOME", "ANDROID_HOME", "XDG_RUNTIME_DIR", "DOCKER_HOST");

    /// <summary>The part of <paramref name="launcher"/> that passes, with a search path in any case.</summary>
    /// <param name="launcher">The launcher's environment.</param>
    /// <param name="further">Names that pass too.</param>
    public static IReadOnlyDictionary<string, string> Clean(IReadOnlyDictionary<string, string> launcher, IEnumerable<string> further)
    {
        ArgumentNullException.ThrowIfNull(launcher);
        var names = further.ToHashSet(StringComparer.Ordinal);
        var clean = launcher
            .Where(variable => PassedNames.Contains(variable.Key) || names.Contains(variable.Key))
            .ToDictionary(StringComparer.Ordinal);
        clean.TryAdd("PATH", DefaultPath);
        return clean;
    }
}
