using System.Collections.Concurrent;
using System.Net;
using Octokit;
using Runner.GitHub.Auth;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;

namespace Runner.GitHub.Registration;

/// <summary>Registers JIT runners over GitHub's REST service.</summary>
/// <param name="rest">GitHub's REST service.</param>
public sealed class GitHubRegistrar(GitHubRest rest) : IRunnerRegistrar
{
    // Eight random letters collide by chance never; a few tries cover a server that remembers names of the past.
    private const int NameTries = 5;

    // The default group's id at organisations and repositories; where groups cannot be listed it is the only one there is.
    private const long DefaultGroupId = 1;

    private readonly IActionsSelfHostedRunnersClient _runners = new GitHubClient(rest.Connection).Actions.SelfHostedRunners;
    private readonly ConcurrentDictionary<string, long> _groupIds = new(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public async Task<RunnerRegistration> RegisterAsync(RegistrationRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var group = await GroupIdAsync(request.Group, cancellationToken);
        for (var attempt = 1; ; attempt++)
        {
            var name = RunnerName.New(request.NamePrefix);
            if (await TryRegisterAsync(name, group, request, cancellationToken) is { } registration)
            {
                return registration;
            }

            if (attempt == NameTries)
            {
                throw new InfrastructureException($"GitHub says of {NameTries} new runner names, the last '{name}', that they are taken") { StatusCode = 409 };
            }
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RegisteredRunner>> ListAsync(string namePrefix, CancellationToken cancellationToken)
    {
        var runners = await ListPagesAsync(string.Empty, cancellationToken);
        return [.. runners.Where(runner => runner.Name.StartsWith(namePrefix, StringComparison.Ordinal))];
    }

    /// <inheritdoc/>
    public async Task<RegisteredRunner?> FindAsync(string name, CancellationToken cancellationToken)
    {
        // A server that does not know the filter gives all of them, so that the name is compared here too.
        var runners = await ListPagesAsync($"&name={Uri.EscapeDataString(name)}", cancellationToken);
        return runners.FirstOrDefault(runner => runner.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
    }

    /// <inheritdoc/>
    public Task<RemovalResult> RemoveAsync(long runnerId, CancellationToken cancellationToken) =>
        CallAsync("remove a runner", () => TryDeleteAsync(runnerId), cancellationToken);

    private async Task<long> GroupIdAsync(string? group, CancellationToken cancellationToken)
    {
        // A repository has no groups of its own: its runners are in the default one.
        if (rest.Endpoint.Scope == GitHubScope.Repository)
        {
            return DefaultGroupId;
        }

        var key = group ?? string.Empty;
        if (!_groupIds.TryGetValue(key, out var id))
        {
            id = await FindGroupAsync(group, cancellationToken);
            _groupIds[key] = id;
        }

        return id;
    }

    private async Task<long> FindGroupAsync(string? group, CancellationToken cancellationToken)
    {
        var groups = await CallAsync("list runner groups", () => RunnerGroupList.ReadAsync(rest.Connection, rest.Endpoint, cancellationToken), cancellationToken);
        var isDefault = group is null || group.Equals("default", StringComparison.OrdinalIgnoreCase);
        var found = groups?.FirstOrDefault(item => item.Name.Equals(group, StringComparison.OrdinalIgnoreCase))
            ?? (isDefault ? groups?.FirstOrDefault(item => item.Default) : null);
        if (found is not null)
        {
            return found.Id;
        }

        return isDefault ? DefaultGroupId : throw UnknownGroup(group!, groups); // isDefault is true of null
    }

    private OperatorException UnknownGroup(string group, IReadOnlyList<RunnerGroupItem>? groups)
    {
        var names = (groups ?? []).Select(item => item.Name).ToList();
        var problem = $"runnerGroup '{group}' is unknown at {rest.Endpoint.Url}, there is {(names.Count == 0 ? "none" : string.Join(", ", names))}"
            + NearestName.Hint(group, names);

        // That there is no list says the same as a registration that is not there: runners may be registered in another way.
        return groups is null ? new OperatorException(problem, new NotFoundException("runner-groups", HttpStatusCode.NotFound)) : new OperatorException(problem);
    }

    private async Task<RunnerRegistration?> TryRegisterAsync(
        string name, long group, RegistrationRequest request, CancellationToken cancellationToken)
    {
        var uri = new Uri($"{rest.Endpoint.Entity}/actions/runners/generate-jitconfig", UriKind.Relative);
        var body = new JitConfigRequest { Name = name, RunnerGroupId = group, Labels = [.. request.Labels], WorkFolder = "_work" };
        var (isTaken, response) = await CallAsync("register a runner", PostAsync, cancellationToken);
        if (isTaken)
        {
            return null;
        }

        return response is { Runner: { } runner, EncodedJitConfig: { Length: > 0 } config }
            ? new RunnerRegistration { RunnerId = runner.Id, Name = runner.Name ?? name, EncodedJitConfig = new Secret(config) }
            : throw new InfrastructureException($"{rest.Endpoint.ApiBase} answered a registration without a JIT configuration");

        async Task<(bool IsTaken, JitConfigResponse? Response)> PostAsync()
        {
            try
            {
                var answer = await rest.Connection.Post<JitConfigResponse>(
                    uri, body, "application/vnd.github+json", "application/json", parameters: null, cancellationToken);
                return (false, answer.Body);
            }
            catch (ApiException error) when (error.StatusCode == HttpStatusCode.Conflict)
            {
                return (true, null);
            }
        }
    }

    private async Task<List<RegisteredRunner>> ListPagesAsync(string filter, CancellationToken cancellationToken)
    {
        var runners = new List<RegisteredRunner>();
        for (var page = 1; ; page++)
        {
            var uri = new Uri($"{rest.Endpoint.Entity}/actions/runners?per_page=100&page={page}{filter}", UriKind.Relative);
            var response = await CallAsync(
                "list runners", () => rest.Connection.Get<RunnerPage>(uri, parameters: null, accepts: null, cancellationToken), cancellationToken);
            runners.AddRange(response.Body.Runners.Select(runner => new RegisteredRunner(runner.Id, runner.Name ?? string.Empty, runner.Status == "online", runner.Busy)
            {
                Labels = [.. runner.Labels.Select(label => label.Name).OfType<string>()],
            }));
            if (runners.Count >= response.Body.TotalCount || response.Body.Runners.Count == 0)
            {
                return runners;
            }
        }
    }

    private async Task<RemovalResult> TryDeleteAsync(long id)
    {
        try
        {
            await (rest.Endpoint.Scope switch
            {
                GitHubScope.Organization => _runners.DeleteOrganizationRunner(rest.Endpoint.Owner, id),
                GitHubScope.Repository => _runners.DeleteRepositoryRunner(rest.Endpoint.Owner, rest.Endpoint.Repository, id),
                _ => _runners.DeleteEnterpriseRunner(rest.Endpoint.Owner, id),
            });
            return RemovalResult.Removed;
        }
        catch (NotFoundException)
        {
            return RemovalResult.Gone;
        }
        catch (ApiException error) when (error.StatusCode == HttpStatusCode.UnprocessableEntity)
        {
            return RemovalResult.Busy;
        }
    }

    private Task<T> CallAsync<T>(string action, Func<Task<T>> call, CancellationToken cancellationToken) =>
        GitHubErrors.TranslateAsync(rest, action, call, cancellationToken);
}
