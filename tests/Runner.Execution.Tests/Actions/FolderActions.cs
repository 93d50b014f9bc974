using System.Collections.Concurrent;
using System.Formats.Tar;
using System.IO.Compression;
using Runner.Execution.Hosting;
using Runner.Jobs.Errors;

namespace Runner.Execution.Tests.Actions;

/// <summary>Actions out of folders <c>{root}/{owner}/{repo}</c>. As GitHub's, an archive has one folder at its top; every ref is there.</summary>
internal sealed class FolderActions(string root) : IActionSource
{
    /// <summary>The keys asked for, a text for each call.</summary>
    public ConcurrentQueue<string> Resolved { get; } = [];

    /// <summary>The keys fetched.</summary>
    public ConcurrentQueue<string> Fetched { get; } = [];

    public Task<IReadOnlyList<ResolvedAction>> ResolveAsync(
        IReadOnlyList<RepositoryAction> actions, IActionFeedback feedback, CancellationToken cancellationToken)
    {
        Resolved.Enqueue(string.Join(' ', actions.Select(action => action.Key)));
        return Task.FromResult<IReadOnlyList<ResolvedAction>>([.. actions.Select(Resolve)]);
    }

    public Task FetchAsync(ResolvedAction action, string file, IActionFeedback feedback, CancellationToken cancellationToken)
    {
        Fetched.Enqueue(action.Action.Key);
        using var zipped = new GZipStream(File.Create(file), CompressionLevel.Fastest);
        TarFile.CreateFromDirectory(Path.Combine(root, action.Action.Name), zipped, includeBaseDirectory: true);
        return Task.CompletedTask;
    }

    private ResolvedAction Resolve(RepositoryAction action) => Directory.Exists(Path.Combine(root, action.Name))
        ? new ResolvedAction { Action = action, ResolvedName = action.Name, Sha = "0123456789abcdef0123456789abcdef01234567" }
        : throw new WorkflowException($"Unable to resolve action `{action.Key}`, repository not found");
}
