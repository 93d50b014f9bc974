namespace Runner.Testing.Http;

/// <summary>Counts calls that are not answered to their end, for a test's clock to wait for.</summary>
public sealed class CallsUnderWay() : DelegatingHandler(new SocketsHttpHandler())
{
    private int _count;

    /// <summary>How many there are now.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _count);
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            await response.Content.LoadIntoBufferAsync(cancellationToken);
            return response;
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }
}
