using System.Collections.Concurrent;
using Runner.Emulator.Options;
using Runner.Jobs;
using Runner.Services.Blobs;

namespace Runner.Emulator.Results;

/// <summary>Signed addresses to put logs and summaries to; those of one job share a budget.</summary>
internal sealed class UploadUrls(BlobUrlSigner signer, BlobStore blobs, EmulatorAddress address, EmulatorOptions options)
{
    private readonly ConcurrentDictionary<JobId, BlobBudget> _budgets = new();

    /// <summary>An address to write a blob of a job to.</summary>
    public string For(JobId job, string name)
    {
        Reserve(job, name);
        return signer.Sign(address.Blobs, name, BlobAccess.Write, options.UploadUrlDuration).AbsoluteUri;
    }

    /// <summary>Lets a blob of a job be written.</summary>
    public void Reserve(JobId job, string name) => blobs.Reserve(
        name, _budgets.GetOrAdd(job, static (_, limit) => new BlobBudget(limit, "the logs and summaries of this job"), options.Limits.LogBytes));

    /// <summary>Forgets a job with all that it put.</summary>
    public void Forget(JobId job)
    {
        blobs.DeleteAll(LogNames.Folder(job));
        _budgets.TryRemove(job, out _);
    }
}
