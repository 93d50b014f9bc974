using System.Net.Http.Headers;
using Runner.Jobs.Errors;
using Runner.Protocol.Http;

namespace Runner.Protocol.Launch;

/// <summary>Downloads the archives of actions (<c>actions-download.md</c> section 3).</summary>
/// <remarks>
/// It makes each download once. Redirects are followed here, and without the token: the place that a redirect names is often another
/// company's storage, which its signed address opens.
/// </remarks>
public sealed class ArchiveClient(HttpClient http, TimeProvider time)
{
    /// <summary>Limit of one download.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMinutes(20);

    private const int MaxRedirects = 10;
    private const long MaxBytes = 4L * 1024 * 1024 * 1024;

    /// <summary>Writes what an address gives to a file; a file that is there is written anew.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="authorization">Credentials for the address itself, or <c>null</c>.</param>
    /// <param name="file">Path of the file.</param>
    /// <param name="cancellationToken">Stops the download.</param>
    /// <exception cref="ProtocolException">
    /// <see cref="ProtocolErrorKind.ArchiveNotFound"/> (404) or <see cref="ProtocolErrorKind.Forbidden"/> (403): trying again does not help.
    /// </exception>
    /// <exception cref="InfrastructureException">It did not come, or not whole.</exception>
    public async Task DownloadAsync(Uri address, AuthenticationHeaderValue? authorization, string file, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(address);
        var route = $"GET {address.GetLeftPart(UriPartial.Path)}"; // a query may hold a signature
        using var limit = new CancellationTokenSource(Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await FollowAsync(address, authorization, route, both.Token);
            Check(response, route);
            await SaveAsync(response, file, route, both.Token);
        }
        catch (HttpRequestException error)
        {
            throw new InfrastructureException($"{route}: {Causes.Of(error)}", error);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested)
        {
            throw new InfrastructureException($"{route}: not finished within {Timeout.TotalMinutes:0} minutes", error);
        }
    }

    private async Task<HttpResponseMessage> FollowAsync(
        Uri address, AuthenticationHeaderValue? authorization, string route, CancellationToken cancellationToken)
    {
        for (var redirects = 0; redirects <= MaxRedirects; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            request.Headers.Authorization = redirects == 0 ? authorization : null;
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
            {
                return response;
            }

            response.Dispose();
            var next = new Uri(address, location);
            if (address.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps)
            {
                throw new InfrastructureException($"{route}: redirected from https to {next.Scheme}, which is not followed");
            }

            address = next;
        }

        throw new InfrastructureException($"{route}: more than {MaxRedirects} redirects");
    }

    private static void Check(HttpResponseMessage response, string route)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        throw status switch
        {
            404 => (Exception)new ProtocolException(ProtocolErrorKind.ArchiveNotFound, $"{route} answered 404") { StatusCode = status },
            403 => new ProtocolException(ProtocolErrorKind.Forbidden, $"{route} answered 403") { StatusCode = status },
            _ => new InfrastructureException($"{route} answered {status}") { StatusCode = status },
        };
    }

    private static async Task SaveAsync(HttpResponseMessage response, string file, string route, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > MaxBytes)
        {
            throw new InfrastructureException($"{route}: the archive has {response.Content.Headers.ContentLength} bytes, more than {MaxBytes}");
        }

        await using var source = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var target = File.Create(file);
        var buffer = new byte[81920];
        for (long total = 0; ;)
        {
            var count = await ReadAsync(source, buffer, route, cancellationToken);
            if (count == 0)
            {
                return;
            }

            total += count;
            if (total > MaxBytes)
            {
                throw new InfrastructureException($"{route}: the archive has more than {MaxBytes} bytes");
            }

            await target.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
        }
    }

    // Not only an HttpIOException: a connection that is reset comes as the socket's own IOException, which must not pass for a full disk.
    private static async Task<int> ReadAsync(Stream source, Memory<byte> buffer, string route, CancellationToken cancellationToken)
    {
        try
        {
            return await source.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException error)
        {
            throw new InfrastructureException($"{route}: {Causes.Of(error)}", error);
        }
    }
}
