using Microsoft.AspNetCore.Http;
using Runner.Emulator.Tokens;
using Runner.Jobs;
using Runner.Jobs.Callers;
using Runner.Services;
using Runner.Services.Callers;

namespace Runner.Emulator.Jobs;

/// <summary>
/// Says which job a token is of, while it runs: what has ended makes no entries, takes no id tokens and resolves no actions any more, and what it began to upload goes.
/// </summary>
internal sealed class JobCallers : ICallerSource, IDisposable
{
    private readonly TokenIssuer _tokens;
    private readonly JobBoard _board;
    private readonly FolderStores _stores;

    public JobCallers(TokenIssuer tokens, JobBoard board, FolderStores stores)
    {
        _tokens = tokens;
        _board = board;
        _stores = stores;
        _board.JobEnded += DropUploads;
    }

    /// <inheritdoc/>
    public ServiceCaller? Find(string? token) =>
        _tokens.Read(token) is { Services: { } caller } claims && IsRunning(claims.Subject) ? caller : null;

    /// <summary>Whether a request carries the own token of a job that runs.</summary>
    public bool IsRunning(HttpRequest request, PlanId plan, JobId job) => _tokens.IsJob(request, plan, job) && IsRunning(job.ToString());

    /// <summary>Whether the job of an id in a token runs.</summary>
    public bool IsRunning(string job) => Guid.TryParse(job, out var id) && _board.Find(new JobId(id)) is { Phase: JobPhase.Running };

    /// <inheritdoc/>
    public void Dispose() => _board.JobEnded -= DropUploads;

    private void DropUploads(JobState job) => _stores.DropUploads(job.Id.ToString());
}
