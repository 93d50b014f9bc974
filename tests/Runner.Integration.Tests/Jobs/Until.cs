namespace Runner.Integration.Tests.Jobs;

/// <summary>Waits for what another process does. Only files tell of it, so they are looked at again and again.</summary>
internal static class Until
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    public static Task FileExistsAsync(string path, CancellationToken cancellationToken) => TrueAsync(() => File.Exists(path), cancellationToken);

    public static Task TrueAsync(Func<bool> condition, CancellationToken cancellationToken) => TrueAsync(() => Task.FromResult(condition()), cancellationToken);

    public static async Task TrueAsync(Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        while (!await condition())
        {
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }
}
