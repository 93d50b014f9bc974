using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Runner.Services.Blobs;

/// <summary>What a signed address allows.</summary>
public enum BlobAccess
{
    /// <summary>Reading.</summary>
    Read,

    /// <summary>Creating, appending, sealing.</summary>
    Write,
}

/// <summary>
/// Makes and checks addresses that carry their own permission in the query, in the shape of Azure's SAS: <c>sv</c>, <c>sr</c>,
/// <c>sp</c>, <c>se</c> and <c>sig</c>, an HMAC-SHA-256 over name, permission and expiry.
/// </summary>
public sealed class BlobUrlSigner(byte[] key, TimeProvider time)
{
    /// <summary>Query parameter that gives the answer's <c>Content-Disposition</c>, as in Azure's SAS.</summary>
    internal const string Disposition = "rscd";

    private const string Version = "2021-12-02";

    /// <summary>An address for one blob.</summary>
    /// <param name="root">Address that the blob routes stand under, ending in a slash.</param>
    /// <param name="name">Name of the blob.</param>
    /// <param name="access">What it allows.</param>
    /// <param name="lifetime">How long it is valid.</param>
    /// <param name="fileName">Name that a download is saved under (<c>rscd</c>), or <c>null</c>.</param>
    public Uri Sign(Uri root, string name, BlobAccess access, TimeSpan lifetime, string? fileName = null)
    {
        var expires = (time.GetUtcNow() + lifetime).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var permission = PermissionOf(access);
        var query = new QueryBuilder
        {
            { "sv", Version },
            { "sr", "b" },
            { "sp", permission },
            { "se", expires },
        };
        var disposition = string.Empty;
        if (fileName is not null)
        {
            var header = new ContentDispositionHeaderValue("attachment");
            header.SetHttpFileName(fileName);
            disposition = header.ToString();
            query.Add(Disposition, disposition);
        }

        query.Add("sig", Signature(name, permission, expires, disposition));
        return new Uri(root, name + query.ToQueryString());
    }

    /// <summary>Whether a request's query allows an access to a blob now.</summary>
    public bool Allows(string name, IQueryCollection query, BlobAccess access)
    {
        ArgumentNullException.ThrowIfNull(query);
        var permission = query["sp"].ToString();
        var expires = query["se"].ToString();
        return permission == PermissionOf(access)
            && CryptographicOperations.FixedTimeEquals(
                Encoding.ASCII.GetBytes(query["sig"].ToString()), Encoding.ASCII.GetBytes(Signature(name, permission, expires, query[Disposition].ToString())))
            && DateTimeOffset.TryParse(expires, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end)
            && time.GetUtcNow() < end;
    }

    private static string PermissionOf(BlobAccess access) => access switch
    {
        BlobAccess.Read => "r",
        BlobAccess.Write => "acw",
        _ => throw new ArgumentOutOfRangeException(nameof(access), access, "no such access"),
    };

    private string Signature(string name, string permission, string expires, string disposition) => WebEncoders.Base64UrlEncode(
        HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{Version}\n{name}\n{permission}\n{expires}\n{disposition}")));
}
