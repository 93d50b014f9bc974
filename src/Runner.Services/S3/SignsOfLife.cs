using Runner.Services.Blobs;

namespace Runner.Services.S3;

/// <summary>Notes in heads when bytes last arrived, to the minute.</summary>
internal sealed class SignsOfLife(S3Documents<BlobHead> heads, TimeProvider time)
{
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    /// <summary>Whether another sign is to be given.</summary>
    public bool IsDue(DateTimeOffset? last) => last is null || time.GetUtcNow() - last >= Step;

    /// <summary>Gives one, and says when the last one was given: blocks come side by side, of which one gives it for all.</summary>
    /// <exception cref="BlobException">The blob is complete, or has gone.</exception>
    public async Task<DateTimeOffset> GiveAsync(string name, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        DateTimeOffset? present = null;
        var signed = await heads.ChangeAsync(
            name,
            head =>
            {
                present = head.LastReceived;
                return head.IsSealed ? throw BlobException.Sealed(name)
                    : IsDue(present) ? head with { LastReceived = now }
                    : null;
            },
            cancellationToken);
        return signed is not null ? now : present ?? throw BlobException.NotFound(name);
    }
}
