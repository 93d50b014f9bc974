using Runner.Jobs.Errors;

namespace Runner.Services.S3;

/// <summary>Whether a bucket answers, asked now and then.</summary>
internal sealed class S3Health(S3Bucket bucket, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private (DateTimeOffset At, string? Fault)? _last;

    /// <summary>What is wrong with it; <c>null</c>: nothing.</summary>
    public async Task<string?> FaultAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_last is not var (at, fault) || time.GetUtcNow() - at >= Freshness)
            {
                fault = await AskAsync(cancellationToken);
                _last = (time.GetUtcNow(), fault);
            }

            return fault;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task<string?> AskAsync(CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        try
        {
            await bucket.ListAsync(S3Check.Folder, both.Token);
            return null;
        }
        catch (InfrastructureException error)
        {
            return error.Message;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"{bucket.Name} did not answer within {Patience.TotalSeconds:F0} s";
        }
    }
}
