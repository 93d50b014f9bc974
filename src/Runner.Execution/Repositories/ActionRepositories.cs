using System.Collections.Concurrent;
using Runner.Execution.Hosting;
using Runner.Execution.Masking;
using Runner.Execution.Reporting;
using Runner.Jobs.Errors;

namespace Runner.Execution.Repositories;

/// <summary>The repositories of a job's actions: each is resolved once, fetched once, and unpacked below the job's actions folder.</summary>
/// <param name="source">Where they come from, or <c>null</c>: this launcher offers none.</param>
/// <param name="cache">Archives that the operator keeps.</param>
/// <param name="folder">The job's actions folder.</param>
/// <param name="masker">Learns the tokens of downloads.</param>
/// <param name="prefersUnpacked">Whether folders of the cache are linked to, where it has them.</param>
internal sealed class ActionRepositories(IActionSource? source, ActionCache cache, string folder, SecretMasker masker, bool prefersUnpacked) : IDisposable
{
    private readonly ConcurrentDictionary<string, string> _folders = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <summary>Has all of them on disk, those that were had before at no cost.</summary>
    /// <exception cref="WorkflowException">One does not exist, may not be used, or is no action's archive.</exception>
    /// <exception cref="InfrastructureException">One could not be had.</exception>
    public async Task GetAsync(IEnumerable<RepositoryAction> actions, StepLog log, CancellationToken cancellationToken)
    {
        // Two steps in the background may want the same action.
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var missing = actions.DistinctBy(action => action.Key).Where(action => !_folders.ContainsKey(action.Key)).ToList();
            if (missing.Count == 0)
            {
                return;
            }

            var available = source ?? throw new WorkflowException(
                $"'{missing[0].Key}' cannot be used: this job was started without a source of actions. A local run has only those of the checkout (./path)");
            var feedback = new Feedback(log, masker);
            log.Write("Getting action download info");
            foreach (var resolved in await available.ResolveAsync(missing, feedback, cancellationToken))
            {
                await GetAsync(available, resolved, log, feedback, cancellationToken);
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Root of a repository that <see cref="GetAsync(IEnumerable{RepositoryAction}, StepLog, CancellationToken)"/> got.</summary>
    public string FolderOf(RepositoryAction action) => _folders[action.Key];

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private async Task GetAsync(
        IActionSource available, ResolvedAction resolved, StepLog log, Feedback feedback, CancellationToken cancellationToken)
    {
        var target = TargetOf(resolved.Action);
        Write(resolved, log);
        if (prefersUnpacked && cache.FindUnpacked(resolved) is { } unpacked)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target) ?? folder);
            Directory.CreateSymbolicLink(target, unpacked);
        }
        else if (cache.Find(resolved) is not { } kept || !TryUnpackKept(kept, target, log, cancellationToken))
        {
            await FetchAsync(available, resolved, target, feedback, cancellationToken);
        }

        _folders[resolved.Action.Key] = target;
    }

    private bool TryUnpackKept(string archive, string target, StepLog log, CancellationToken cancellationToken)
    {
        try
        {
            Unpack(archive, target, cancellationToken);
            return true;
        }
        catch (Exception error) when (error is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            log.Warning($"The kept archive '{archive}' cannot be used: {error.Message}. The action is fetched anew.");
            return false;
        }
    }

    private async Task FetchAsync(
        IActionSource available, ResolvedAction resolved, string target, Feedback feedback, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var archive = Path.Combine(folder, $"_temp_{Guid.NewGuid():D}.tar.gz");
        try
        {
            await available.FetchAsync(resolved, archive, feedback, cancellationToken);
            Unpack(archive, target, cancellationToken);
        }
        catch (InvalidDataException error)
        {
            throw ActionArchive.Refusal(resolved.Action.Key, archive, error);
        }
        finally
        {
            File.Delete(archive);
        }
    }

    private void Unpack(string archive, string target, CancellationToken cancellationToken)
    {
        var draft = Path.Combine(folder, $"_temp_{Guid.NewGuid():D}");
        try
        {
            new ActionArchive(new ArchiveLimits()).Unpack(archive, draft, cancellationToken);
            Directory.CreateDirectory(Path.GetDirectoryName(target) ?? folder);
            Directory.Move(draft, target);
        }
        finally
        {
            if (Directory.Exists(draft))
            {
                Directory.Delete(draft, recursive: true);
            }
        }
    }

    private string TargetOf(RepositoryAction action)
    {
        var parts = $"{action.Name}/{action.Ref}".Split('/');
        return parts.Length >= 3 && !parts.Any(part => part is "" or "." or "..")
            ? Path.Combine([folder, .. parts])
            : throw new WorkflowException($"'{action.Key}' is not valid. Expected: owner/repo@ref");
    }

    private static void Write(ResolvedAction resolved, StepLog log)
    {
        if (resolved.Package is not { } package)
        {
            log.Write($"Download action repository '{resolved.Action.Key}' (SHA:{resolved.Sha})");
            return;
        }

        log.Write($"##[group]Download immutable action package '{resolved.Action.Key}'");
        log.Write($"Version: {package.Version}");
        log.Write($"Digest: {package.Digest}");
        log.Write($"Source commit SHA: {resolved.Sha}");
        log.Write("##[endgroup]");
    }

    private sealed class Feedback(StepLog log, SecretMasker masker) : IActionFeedback
    {
        public void Warn(string message) => log.Warning(message);

        public void Mask(string secret) => masker.Add(secret);
    }
}
