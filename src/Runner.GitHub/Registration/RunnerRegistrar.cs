using System.Net;
using Octokit;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.GitHub.Registration;

/// <summary>
/// Registers runners in the way that the server knows: by a JIT configuration of its REST service, or, where there is no such route, as agents
/// of a pool. Which way is found out by the first call, and kept.
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
        var registration = await CallAsync(way => way.RegisterAsync(request, cancellationToken));

        // That runners can be listed says nothing of how they are registered.
        Interlocked.CompareExchange(ref _way, rest, null);
        return registration;
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<RegisteredRunner>> ListAsync(string namePrefix, CancellationToken cancellationToken) =>
        CallAsync(way => way.ListAsync(namePrefix, cancellationToken));

    /// <inheritdoc/>
    public Task<RegisteredRunner?> FindAsync(string name, CancellationToken cancellationToken) => CallAsync(way => way.FindAsync(name, cancellationToken));

    /// <inheritdoc/>
    public Task<RemovalResult> RemoveAsync(long runnerId, CancellationToken cancellationToken) =>
        (Volatile.Read(ref _way) ?? rest).RemoveAsync(runnerId, cancellationToken);

    private async Task<T> CallAsync<T>(Func<IRunnerRegistrar, Task<T>> call)
    {
        if (Volatile.Read(ref _way) is { } known)
        {
            return await call(known);
        }

        try
        {
            return await call(rest);
        }
        catch (Exception refusal) when (!endpoint.IsHosted && IsNoSuchRoute(refusal))
        {
            if (await TryPoolAsync(call, refusal) is { } made)
            {
                return made.Result;
            }

            throw; // it says what an operator can do
        }
    }

    private async Task<Made<T>?> TryPoolAsync<T>(Func<IRunnerRegistrar, Task<T>> call, Exception refusal)
    {
        try
        {
            var result = await call(pool);
            Volatile.Write(ref _way, pool);
            return new Made<T>(result);
        }
        catch (Exception error) when (IsNoSuchPool(error))
        {
            return null;
        }
        catch (Exception error) when (error is OperatorException or ProtocolException)
        {
            // Either may be the one to mend: which way the server has is not known.
            throw new OperatorException($"{refusal.Message}; as an agent of a pool: {error.Message}", error);
        }
    }

    private static bool IsNoSuchPool(Exception error) =>
        IsNoSuchRoute(error)
            || error is InfrastructureException { StatusCode: (int)HttpStatusCode.NotFound }
            || (error as ProtocolException ?? error.InnerException as ProtocolException) is { StatusCode: (int)HttpStatusCode.NotFound };

    private static bool IsNoSuchRoute(Exception refusal) =>
        refusal.InnerException is ApiException { StatusCode: HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed };

    // A call may give null.
    private sealed record Made<T>(T Result);
}
