namespace Runner.Jobs.Launch;

/// <summary>Servers that stand in for GitHub's services of artifacts and caches, for steps of every kind. <c>null</c>: GitHub's own.</summary>
/// <param name="Results">What steps get as <c>ACTIONS_RESULTS_URL</c>: artifacts, and caches of the second version.</param>
/// <param name="Cache">What steps get as <c>ACTIONS_CACHE_URL</c>: caches of the first version.</param>
public sealed record ServiceAddresses(Uri? Results, Uri? Cache);
