using Microsoft.Extensions.Logging.Abstractions;
using Runner.Jobs.Errors;
using Runner.Kubernetes;
using Runner.Kubernetes.Client;
using Runner.Kubernetes.Options;
using Runner.Kubernetes.Ownership;
using Runner.Kubernetes.Validation;

namespace Runner.Cli.Running;

/// <summary>The kubernetes backend for the length of a local run.</summary>
/// <remarks>
/// It has an instance of its own, so that no agent of the namespace takes its jobs for those of a dead colleague. What a local run left
/// that was killed, the next one finds by the same instance and removes.
/// </remarks>
internal sealed class ClusterRun : IAsyncDisposable
{
    private const string Instance = "local";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly ClusterConnection _connection;
    private readonly CancellationTokenSource _stop = new();
    private readonly KubernetesBackend _backend;
    private readonly Task _loop;

    private ClusterRun(ClusterConnection connection, KubernetesOptions options)
    {
        _connection = connection;

        // Unique, unlike an agent's: two runs of one machine are no lives of one agent.
        var name = $"local-{Environment.MachineName}-{Guid.NewGuid():N}";
        _backend = new KubernetesBackend(connection, options, AgentIdentity.Start(name), TimeProvider.System, NullLogger<KubernetesBackend>.Instance);
        _loop = _backend.RunAsync(_stop.Token);
    }

    /// <summary>Where the jobs go.</summary>
    public KubernetesBackend Backend => _backend;

    /// <summary>Opens the cluster once it is known that jobs can run in it, and removes what an earlier run left.</summary>
    /// <param name="written">The settings as written.</param>
    /// <param name="kubeconfig">The variable <c>KUBECONFIG</c>, which counts where no setting names a file; or <c>null</c>.</param>
    /// <param name="notices">Is told what was removed.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="OperatorException">A setting is wrong, or the cluster cannot be used; says what to do.</exception>
    public static async Task<ClusterRun> OpenAsync(KubernetesOptions written, string? kubeconfig, TextWriter notices, CancellationToken cancellationToken)
    {
        // Nobody looks for the pods of a run that is over: what they had to say was shown.
        var options = written with { Kubeconfig = written.Kubeconfig ?? kubeconfig, Instance = Instance, CleanupPolicy = new CleanupOptions() };
        if (options.Validate(needsDefaultImage: false) is { Count: > 0 } problems)
        {
            throw new OperatorException(problems);
        }

        var connection = ClusterConnection.Open(options);
        try
        {
            await ClusterCheck.RunAsync(connection, cancellationToken);
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        var run = new ClusterRun(connection, options);
        try
        {
            await run.RemoveLeftoversAsync(notices, cancellationToken);
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _loop;
        }
        catch (Exception ended) when (ended is OperationCanceledException or InfrastructureException)
        {
            // It was stopped, or had failed before, which was told then.
        }

        _connection.Dispose();
        _stop.Dispose();
    }

    private async Task RemoveLeftoversAsync(TextWriter notices, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartLimit);
        try
        {
            var adopting = _backend.AdoptAsync(limit.Token);
            if (await Task.WhenAny(adopting, _loop) == _loop)
            {
                await _loop;
            }

            foreach (var left in await adopting)
            {
                await notices.WriteLineAsync($"runner: pod {left.Location} is removed: the run that made it ended without doing so");
                await left.DisposeAsync();
            }

            foreach (var left in await _backend.FindUnlaunchedAsync(limit.Token))
            {
                await _backend.ForgetAsync(left, limit.Token);
            }
        }
        catch (InfrastructureException error)
        {
            throw new OperatorException($"The cluster at {_connection.Server} cannot be used: {error.Message}", error);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OperatorException($"The cluster at {_connection.Server} did not let this run begin within {StartLimit.TotalSeconds:0} s");
        }
    }
}
