using Runner.Jobs.Callers;
using Runner.Jobs.Launch;

namespace Runner.Agent.Configuration;

/// <summary>Section <c>services</c>: servers of artifacts and caches in the place of GitHub's, for steps of every kind.</summary>
public sealed record ServicesOptions
{
    /// <summary>What steps get as <c>ACTIONS_RESULTS_URL</c>: artifacts, and caches of the second version. Default: GitHub's.</summary>
    public string? ResultsUrl { get; set; }

    /// <summary>
    /// What steps get as <c>ACTIONS_CACHE_URL</c>: caches of the first version. Set alone it turns the second version off, and artifacts stay
    /// with GitHub. Default: GitHub's.
    /// </summary>
    public string? CacheUrl { get; set; }

    /// <summary>
    /// File of the key that the agent shares with <c>runner services</c> behind these addresses: at least 32 bytes. Jobs get tokens of its making then, in the place of
    /// GitHub's. Default: the servers are somebody else's, and get the job's own token.
    /// </summary>
    public string? KeyFile { get; set; }

    /// <summary>The settings by name, with what is wrong with each.</summary>
    internal IEnumerable<(string Path, string Problem)> Validate()
    {
        (string Name, string? Value)[] addresses = [("resultsUrl", ResultsUrl), ("cacheUrl", CacheUrl)];
        var wrong = addresses
            .Where(address => address.Value is { Length: > 0 } value && AddressOf(value) is null)
            .Select(address => ($"services.{address.Name}", $"is '{address.Value}', expected an address such as https://cache.example/"));
        return [.. wrong, .. KeyProblems()];
    }

    /// <summary>The addresses, or <c>null</c>: none is set.</summary>
    internal ServiceAddresses? ToAddresses()
    {
        var (results, cache) = (AddressOf(ResultsUrl), AddressOf(CacheUrl));
        return results is null && cache is null ? null : new ServiceAddresses(results, cache);
    }

    private IEnumerable<(string Path, string Problem)> KeyProblems()
    {
        if (KeyFile is not { } file)
        {
            yield break;
        }

        if (ServiceKey.Problem(file) is { } problem)
        {
            yield return ("services.keyFile", problem);
        }

        if (ResultsUrl is null && CacheUrl is null)
        {
            yield return ("services.keyFile", "is set, and neither resultsUrl nor cacheUrl: it is the key of the servers that they name");
        }
    }

    private static Uri? AddressOf(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme is "http" or "https") ? address : null;
}
