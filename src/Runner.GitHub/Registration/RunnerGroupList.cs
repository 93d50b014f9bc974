using Octokit;

namespace Runner.GitHub.Registration;

/// <summary>Reads all runner groups of an endpoint.</summary>
internal static class RunnerGroupList
{
    /// <summary>The groups; <c>null</c>: the server, or the plan, has none.</summary>
    public static async Task<IReadOnlyList<RunnerGroupItem>?> ReadAsync(Connection connection, GitHubEndpoint endpoint, CancellationToken cancellationToken)
    {
        var groups = new List<RunnerGroupItem>();
        for (var page = 1; ; page++)
        {
            var uri = new Uri($"{endpoint.Entity}/actions/runner-groups?per_page=100&page={page}", UriKind.Relative);
            try
            {
                var response = await connection.Get<RunnerGroupPage>(uri, parameters: null, accepts: null, cancellationToken);
                groups.AddRange(response.Body.RunnerGroups);
                if (groups.Count >= response.Body.TotalCount || response.Body.RunnerGroups.Count == 0)
                {
                    return groups;
                }
            }
            catch (NotFoundException)
            {
                // Older servers and plans without groups. If the address itself is wrong, the registration will say so.
                return groups.Count > 0 ? groups : null;
            }
        }
    }
}
