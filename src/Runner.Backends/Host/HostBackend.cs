using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Jobs.Link;
using Runner.Jobs.Outcomes;

namespace Runner.Backends.Host;

/// <summary>
/// Runs each job's worker as a process of this machine, in a private folder. There is no wall between the job and the machine, or
/// between two jobs of the same user: it is for a laptop, for tests, and for machines that run one trusted repository.
/// </summary>
/// <remarks>
/// Workers outlive the agent. Its folder says of each job what a successor must know; the payload is never on disk, so a successor
/// can watch and clean up, but not speak to GitHub in the job's name. A job of a local run ends with its run: its
/// worker sees that it was killed, and what is left the first launch of the next one removes.
/// </remarks>
public sealed class HostBackend(HostOptions options, TimeProvider time, ILogger<HostBackend> logger) : IJobBackend
{
    private const string Lack = "the host backend cannot give it; the docker and kubernetes backends can";

    private static readonly TimeSpan HalfDoneLife = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<(JobId Job, int Attempt), Lazy<Task<IJobHandle>>> _launches = new();

    private int _isSwept;

    /// <inheritdoc/>
    public string Name => "host";

    /// <inheritdoc/>
    public async Task<IJobHandle> LaunchAsync(JobLaunch launch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(launch);
        RefuseContainers(launch);
        launch.RefuseMissingWorkspace();
        var key = (launch.JobId, launch.Attempt);
        var started = _launches.GetOrAdd(key, _ => new Lazy<Task<IJobHandle>>(() => StartAsync(launch, cancellationToken)));
        try
        {
            return await started.Value;
        }
        catch
        {
            _launches.TryRemove(key, out _);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<IReadOnlyList<IJobHandle>> AdoptAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<IJobHandle>>(Try(() => Adopt(cancellationToken)));

    /// <inheritdoc/>
    public Task<bool> HasPlaceAsync(JobId job, CancellationToken cancellationToken) =>
        Task.FromResult(Try(() => HostFolder.Of(options.Root, job).Any(folder =>
            folder.IsLookedAfter || HostJobRecord.TryRead(folder.RecordFile)?.Worker is { } worker && worker.IsAlive())));

    private List<IJobHandle> Adopt(CancellationToken cancellationToken)
    {
        PrivateFolder.Check(options.Root);
        foreach (var folder in HostFolder.Abandoned(options.Root, time.GetUtcNow() - HalfDoneLife))
        {
            TryDelete(folder, () => HostFolder.DeleteAll(folder));
        }

        var adopted = new List<IJobHandle>();
        foreach (var folder in HostFolder.All(options.Root))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (folder.TryLock() is not { } ownership)
            {
                continue;
            }

            var found = HostJobRecord.TryRead(folder.RecordFile);
            if (found?.Instance is { } other && other != options.Instance && !IsLeftOver(found))
            {
                ownership.Dispose();
                continue; // its own agent's successor adopts it, or has it in its journal
            }

            if (found is not { } record || IsUnbegun(folder, record))
            {
                // Whoever knows the job starts it anew, or tells that it is lost. A job that replaced its record does not run on unseen.
                if (found is null)
                {
                    TellUnreadable(folder);
                    JobProcesses.KillAll(default, folder.FullPath);
                }

                TryDelete(folder.FullPath, folder.Delete);
                ownership.Dispose();
                continue;
            }

            if (IsLeftOver(record))
            {
                EndLeftOver(folder, record);
                ownership.Dispose();
                continue;
            }

            logger.HostJobAdopted(record.Launch.JobId, record.Worker?.Pid ?? 0);
            adopted.Add(Watch(record.Launch.ToLaunch(), folder, record, process: null, ownership));
        }

        return adopted;
    }

    // None is there where the agent was killed between making the folder and writing the record.
    private void TellUnreadable(HostFolder folder)
    {
        if (Path.Exists(folder.RecordFile))
        {
            logger.HostRecordUnreadable(folder.Job, folder.RecordFile);
        }
    }

    // Its agent ended before the worker had its payload, which was the end of the worker too: nothing of the job has run.
    private static bool IsUnbegun(HostFolder folder, HostJobRecord record)
    {
        if (record.IsHandedOver || folder.HasBegun)
        {
            return false;
        }

        if (record.Worker is { } worker && worker.IsAlive())
        {
            return false; // it may have all of it; watching it shows
        }

        JobProcesses.KillAll(record.Worker ?? default, folder.FullPath);
        return !folder.HasBegun;
    }

    private static void RefuseContainers(JobLaunch launch)
    {
        if (launch.Containers.Job is { } container)
        {
            throw new WorkflowException($"This job asks for the container '{container.Image}', which {Lack}");
        }

        if (!launch.Containers.Services.IsEmpty)
        {
            var names = string.Join(", ", launch.Containers.Services.Select(service => service.Name));
            throw new WorkflowException($"This job asks for services ({names}), which {Lack}");
        }
    }

    // A job that can be adopted is left to whoever adopts. Of a job without a record nothing began.
    private void Sweep()
    {
        PrivateFolder.Check(options.Root);
        foreach (var folder in HostFolder.All(options.Root))
        {
            using var ownership = folder.TryLock();
            if (ownership is not null && HostJobRecord.TryRead(folder.RecordFile) is { } record && IsLeftOver(record))
            {
                EndLeftOver(folder, record);
            }
        }
    }

    private static bool IsLeftOver(HostJobRecord record) => record.Launch.Reporting == ReportingTarget.Launcher;

    private void EndLeftOver(HostFolder folder, HostJobRecord record)
    {
        logger.HostLeftOver(record.Launch.JobId);
        JobProcesses.KillAll(record.Worker ?? default, folder.FullPath);
        TryDelete(folder.FullPath, folder.Delete);
    }

    private async Task<IJobHandle> StartAsync(JobLaunch launch, CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isSwept, 1) == 0)
        {
            Try(() =>
            {
                Sweep();
                return true;
            });
        }

        if (options.AdoptsOrphans)
        {
            HostOrphans.Adopt();
        }

        var folder = HostFolder.For(options.Root, launch);
        var ownership = Try(() => folder.TryCreate(options, launch.RepositoryFolder))
            ?? throw new InfrastructureException($"Job {launch.JobId} is already run by another agent, in '{folder.FullPath}'");
        try
        {
            if (HostJobRecord.TryRead(folder.RecordFile) is { Worker: not null } earlier)
            {
                return Watch(launch, folder, earlier, process: null, ownership);
            }

            var outcomeKey = OutcomeProof.NewKey();
            var record = new HostJobRecord { Instance = options.Instance, Launch = LaunchRecord.Of(launch, time.GetUtcNow(), outcomeKey) };
            record.Write(folder.RecordFile);
            var payload = PayloadBuilder.Build(launch, folder.Paths(options, launch.RepositoryFolder, launch.BoundWorkspace), record.Launch.Created) with
            {
                LinkKey = LinkKey.New().Reveal(),
                OutcomeKey = outcomeKey.Reveal(),
                Usage = null, // what this machine's control groups count is not the job's alone
                LauncherProcess = launch.Reporting == ReportingTarget.Launcher ? Environment.ProcessId : null,
            };
            var process = await WorkerProcess.StartAsync(options, folder, payload, NoteWorker, logger, cancellationToken);
            record = record with { IsHandedOver = true };
            record.Write(folder.RecordFile);
            logger.HostJobStarted(launch.JobId, process.Id, folder.FullPath);
            return Watch(launch, folder, record, process, ownership, payload.LinkKey);

            void NoteWorker(Process worker)
            {
                record = record with { Worker = ProcessId.Of(worker.Id), WorkerStarted = time.GetUtcNow() };
                record.Write(folder.RecordFile);
            }
        }
        catch (Exception error)
        {
            // In this order: a look for orphans must not find it in between.
            TryDelete(folder.FullPath, folder.Delete);
            ownership.Dispose();
            if (error is IOException or UnauthorizedAccessException)
            {
                throw Failure(error);
            }

            throw;
        }
    }

    // What cannot be removed, as files of another user, must not keep the living jobs from being looked after.
    private void TryDelete(string folder, Action delete)
    {
        try
        {
            delete();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            logger.HostFolderNotRemoved(folder, error.Message);
        }
    }

    // The disk is full, or somebody cleans up where we work: another try may succeed.
    private InfrastructureException Failure(Exception error) => new($"The folder '{options.Root}' cannot be used: {error.Message}", error);

    private TResult Try<TResult>(Func<TResult> use)
    {
        try
        {
            return use();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Failure(error);
        }
    }

    private JobLifetime Watch(JobLaunch launch, HostFolder folder, HostJobRecord record, Process? process, FileStream ownership, string? linkKey = null)
    {
        var site = new HostSite(launch, folder, record, process, linkKey, options.DockerHost, time, logger);
        return new JobLifetime(launch, site, Forget, time, logger);

        void Forget()
        {
            ownership.Dispose();
            _launches.TryRemove((launch.JobId, launch.Attempt), out _);
        }
    }
}
