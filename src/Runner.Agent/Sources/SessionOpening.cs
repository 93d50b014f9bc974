using Microsoft.Extensions.Logging;
using Runner.Agent.Configuration;
using Runner.Agent.Contracts;
using Runner.Agent.Supervision;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.Agent.Sources;

/// <summary>
/// Opens the session of a fresh registration. GitHub's services learn of a registration one after the other, so a young one that is not
/// known yet is asked for again; a new one would only be younger.
/// </summary>
internal sealed class SessionOpening(IRunnerSessions sessions, SupervisionOptions options, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Youth = TimeSpan.FromMinutes(1);

    /// <summary>Opens it; tries end when the registration is a minute old.</summary>
    /// <exception cref="ProtocolException">It is refused for good.</exception>
    /// <exception cref="InfrastructureException">The broker cannot be reached.</exception>
    public async Task<IRunnerSession> OpenAsync(FreshRunner runner, CancellationToken cancellationToken)
    {
        var (registration, registered, session) = runner;
        for (var failures = 1; ; failures++)
        {
            try
            {
                if (session is null)
                {
                    return await sessions.OpenAsync(registration, cancellationToken);
                }

                await session.ReopenAsync(cancellationToken);
                return session;
            }
            catch (Exception error)
            {
                session?.Dispose();
                session = null; // from here on as one that nobody prepared
                if (!MayPass(error) || time.GetElapsedTime(registered) >= Youth)
                {
                    throw;
                }

                var pause = RetryPauses.OfJob(options, failures, error);
                logger.SessionOpensLater(registration.Name, failures, pause.TotalSeconds, error.Message);
                await Task.Delay(pause, time, cancellationToken);
            }
        }
    }

    private static bool MayPass(Exception error) => error is InfrastructureException
        or ProtocolException { Kind: ProtocolErrorKind.InvalidClient or ProtocolErrorKind.RunnerNotFound or ProtocolErrorKind.Unauthorized };
}
