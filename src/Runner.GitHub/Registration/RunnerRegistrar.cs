using System.Net;
using Octokit;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.GitHub.Registration;

/// <summary>
/// Registers runners in the way that the server knows: by a JIT configuration of its REST service, or, where there is no such route, as agents
/// of a pool. Which way is found out by the first registration, and kept.
/// </summary>
/// <param name="endpoint">Where runners are registered. GitHub's own services have the first way, so there the second is not tried.</param>
/// <param name="rest">The first way.</param>
/// <param name="pool">The second way.</param>
public sealed class RunnerRegistrar(GitHubEndpoint endpoint, IRunnerRegistrar rest, IRunnerRegistrar pool) : IRunnerRegistrar
{
    private IRunnerRegistrar? _way;

    /// <inheritdoc/>
    public async Task<RunnerRegistration> RegisterAsync(RegistrationRequest request, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _way) is { } known)
        {
            return await known.RegisterAsync(request, cancellationToken);
        }

        try
        {
            var registration = await rest.RegisterAsync(request, cancellationToken);
            Volatile.Write(ref _way, rest);
            return registration;
        }
        catch (Exception refusal) when (!endpoint.IsHosted && IsNoSuchRoute(refusal))
        {
            if (await TryPoolAsync(request, cancellationToken) is { } registration)
            {
                return registration;
            }

            throw; // it says what an operator can do
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RegisteredRunner>> ListAsync(string namePrefix, CancellationToken cancellationToken) => Way.ListAsync(namePrefix, cancellationToken);

    /// <inheritdoc/>
    public Task<RegisteredRunner?> FindAsync(string name, CancellationToken cancellationToken) => Way.FindAsync(name, cancellationToken);

    /// <inheritdoc/>
    public Task<RemovalResult> RemoveAsync(long runnerId, CancellationToken cancellationToken) => Way.RemoveAsync(runnerId, cancellationToken);

    private IRunnerRegistrar Way => Volatile.Read(ref _way) ?? rest;

    private async Task<RunnerRegistration?> TryPoolAsync(RegistrationRequest request, CancellationToken cancellationToken)
    {
        try
        {
            var registration = await pool.RegisterAsync(request, cancellationToken);
            Volatile.Write(ref _way, pool);
            return registration;
        }
        catch (Exception error) when (error is InfrastructureException or OperatorException or ProtocolException)
        {
            return null;
        }
    }

    private static bool IsNoSuchRoute(Exception refusal) =>
        refusal.InnerException is ApiException { StatusCode: HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed };
}
