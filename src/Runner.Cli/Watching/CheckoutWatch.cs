namespace Runner.Cli.Watching;

/// <summary>Sees that a checkout has changed since it was used last.</summary>
/// <remarks>It looks again and again, as act does: that works on every file system, and needs no watch for each folder of what is ignored.</remarks>
/// <param name="folder">The checkout.</param>
/// <param name="leftOut">Absolute paths that do not count: what a run itself writes.</param>
/// <param name="time">The clock.</param>
internal sealed class CheckoutWatch(string folder, IReadOnlyCollection<string> leftOut, TimeProvider time)
{
    /// <summary>How often it looks, at most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How long nothing may change before a change counts as done: editors and git write several files one after the other.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(400);

    // A look at a large checkout costs something: it takes a fifth of the time at most.
    private const int PausePerLook = 4;

    private CheckoutState? _used;

    /// <summary>Takes the checkout as it is now for the one that is used.</summary>
    public async Task NoteAsync(CancellationToken cancellationToken) => _used = await ReadAsync(cancellationToken);

    /// <summary>Waits until it is another one, and stays so for a moment; gives what has changed.</summary>
    public async Task<IReadOnlyList<string>> ChangedAsync(CancellationToken cancellationToken)
    {
        var used = _used ?? await ReadAsync(cancellationToken);
        while (true)
        {
            var began = time.GetTimestamp();
            var state = await ReadAsync(cancellationToken);
            var cost = time.GetElapsedTime(began);
            if (state.ChangesSince(used).Count > 0)
            {
                state = await SettleAsync(state, cancellationToken);
                if (state.ChangesSince(used) is { Count: > 0 } changes)
                {
                    return changes;
                }
            }

            await Task.Delay(cost * PausePerLook > Interval ? cost * PausePerLook : Interval, time, cancellationToken);
        }
    }

    private async Task<CheckoutState> SettleAsync(CheckoutState state, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Quiet, time, cancellationToken);
            var next = await ReadAsync(cancellationToken);
            if (next.ChangesSince(state).Count == 0)
            {
                return next;
            }

            state = next;
        }
    }

    private Task<CheckoutState> ReadAsync(CancellationToken cancellationToken) => CheckoutState.ReadAsync(folder, leftOut, cancellationToken);
}
