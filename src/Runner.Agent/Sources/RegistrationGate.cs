namespace Runner.Agent.Sources;

/// <summary>Lets few slots register at a time: GitHub counts calls that come together against a second limit, and a hundred slots start together.</summary>
internal sealed class RegistrationGate : IDisposable
{
    private const int AtATime = 8;

    private readonly SemaphoreSlim _free = new(AtATime);

    /// <summary>Makes the call when it is its turn.</summary>
    public async Task<T> PassAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            return await call();
        }
        finally
        {
            _free.Release();
        }
    }

    public void Dispose() => _free.Dispose();
}
