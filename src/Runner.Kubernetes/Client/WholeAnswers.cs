using System.Globalization;

namespace Runner.Kubernetes.Client;

/// <summary>
/// Reads answers to their end before the client sees them, within one limit that the caller's token can cut short: the client's own limit
/// and the token it is given end with the headers, and an answer that stalls after them would never come to an end. Watches and logs, which
/// are read as they come, have limits of their own.
/// </summary>
internal sealed class WholeAnswers(TimeSpan limit, TimeProvider time) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var ending = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ending.Token, cancellationToken);
        HttpResponseMessage? response = null;
        try
        {
            response = await base.SendAsync(request, both.Token);
            if (!IsStream(request.RequestUri))
            {
                await response.Content.LoadIntoBufferAsync(both.Token);
            }

            return response;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            response?.Dispose();
            throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"No whole answer within {limit.TotalSeconds:0} s."), exception);
        }
        catch
        {
            response?.Dispose();
            throw;
        }
    }

    private static bool IsStream(Uri? address) => address is not null
        && (address.Query.Contains("watch=true", StringComparison.OrdinalIgnoreCase) || address.AbsolutePath.EndsWith("/log", StringComparison.Ordinal));
}
