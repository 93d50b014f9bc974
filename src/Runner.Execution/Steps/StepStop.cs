namespace Runner.Execution.Steps;

/// <summary>Why a step was stopped.</summary>
internal enum StopReason
{
    /// <summary>Its <c>timeout-minutes</c> are over.</summary>
    TimedOut,

    /// <summary>The job is cancelled, or may not go on.</summary>
    Cancelled,

    /// <summary>What it is a part of was stopped: a composite action.</summary>
    OuterStopped,
}

/// <summary>Stops one step; the first reason is the one that counts.</summary>
internal sealed class StepStop : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly Lock _lock = new();

    /// <summary>Why, or <c>null</c> while nobody stopped it.</summary>
    public StopReason? Reason
    {
        get
        {
            lock (_lock)
            {
                return field;
            }
        }

        private set;
    }

    /// <summary>Fires when the step is stopped.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Stops the step.</summary>
    public void Stop(StopReason reason)
    {
        lock (_lock)
        {
            if (Reason is not null)
            {
                return;
            }

            Reason = reason;
        }

        _source.Cancel();
    }

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
