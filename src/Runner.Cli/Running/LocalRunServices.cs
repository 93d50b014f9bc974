using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.Sockets;
using Runner.Jobs;
using Runner.Jobs.Callers;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Services;
using Runner.Services.Records;
using Runner.Workflows.Model.Parts;
using Runner.Workflows.Planning;

namespace Runner.Cli.Running;

/// <summary>The artifact and cache services of local runs: artifacts are a run's own and end with it, caches are kept for later ones.</summary>
internal sealed class LocalRunServices : IAsyncDisposable
{
    private readonly ServiceSettings _settings;
    private readonly LocalServices _services;
    private readonly IDisposable? _lock;
    private readonly ConcurrentDictionary<PlanId, string> _runs = new();

    private LocalRunServices(ServiceSettings settings, LocalServices services, IDisposable? cacheLock)
    {
        _settings = settings;
        _services = services;
        _lock = cacheLock;
    }

    /// <summary>Starts them.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="folder">For what they hold that ends with the run; its owner removes it.</param>
    /// <param name="notes">Takes what a user should know.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="OperatorException">The address cannot be listened on, or a folder not be used.</exception>
    public static async Task<LocalRunServices> StartAsync(ServiceSettings settings, string folder, TextWriter notes, CancellationToken cancellationToken)
    {
        if (settings.ArtifactFolder is { } artifacts)
        {
            ArtifactFolders.Check(artifacts);
        }

        var held = settings.CacheFolder is { } caches ? Hold(caches) : null;
        if (settings.CacheFolder is not null && held is null)
        {
            await notes.WriteLineAsync($"runner: another run uses the caches in {settings.CacheFolder}: what this one saves ends with it");
        }

        try
        {
            var options = new LocalServicesOptions
            {
                Folder = folder,
                CacheFolder = held is null ? null : settings.CacheFolder,
                ServesCaches = settings.CacheFolder is not null,
                ListenAddress = settings.ListenAddress,
                Port = settings.Port,
                PublicUrl = settings.PublicUrl,
            };
            return new LocalRunServices(settings, await LocalServices.StartAsync(options, cancellationToken), held);
        }
        catch (Exception problem) when (problem is IOException or SocketException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new OperatorException(
                $"The artifact and cache server cannot start at {settings.ListenAddress}:{settings.Port}: {Causes.Of(problem)}", problem);
        }
    }

    /// <summary>Feature switches for the messages of jobs that use these services.</summary>
    public IEnumerable<KeyValuePair<string, string>> Variables =>
        _settings.CacheFolder is null ? [InEveryStep] : [InEveryStep, KeyValuePair.Create(JobVariables.CacheServiceV2, "true")];

    private static KeyValuePair<string, string> InEveryStep => KeyValuePair.Create(JobVariables.ServicesInScripts, "true");

    /// <summary>The services as a job's message names them, with a token for the job.</summary>
    public ServiceEndpoint EndpointOf(PlannedJob planned, PlanId run, JobId job)
    {
        _runs.TryAdd(run, planned.Plan.Workflow.Path);
        var url = _services.Url.AbsoluteUri;
        var token = _services.NewToken(new ServiceCaller
        {
            Run = run.ToString(),
            Job = job.ToString(),
            Repository = planned.Plan.GitHub.FindText("repository") ?? string.Empty,
            Scopes = ScopesOf(planned),
        });
        var data = new Dictionary<string, string?> { ["ResultsServiceUrl"] = url, ["PipelinesServiceUrl"] = url };
        if (_settings.CacheFolder is not null)
        {
            data["CacheServerUrl"] = url;
        }

        return new ServiceEndpoint
        {
            Name = "SystemVssConnection",
            Url = url,
            Authorization = new EndpointAuthorization { Scheme = "OAuth", Parameters = new Dictionary<string, string?> { ["AccessToken"] = token } },
            Data = data,
        };
    }

    /// <summary>A job has ended: its token opens nothing any more, and what it began to upload goes.</summary>
    public void EndJob(JobId job) => _services.EndJob(job.ToString());

    /// <summary>Puts the artifacts of the runs where the settings say, and tells where they are, or that they are gone.</summary>
    /// <exception cref="OperatorException">The folder cannot be written.</exception>
    public async Task KeepArtifactsAsync(TextWriter notes, CancellationToken cancellationToken)
    {
        var names = ArtifactFolders.NamesOf(_runs.Values);
        foreach (var (run, path) in _runs)
        {
            var workflow = names[path];
            if (_settings.ArtifactFolder is not { } folder)
            {
                if (_services.CountArtifacts(run.ToString()) is > 0 and var count)
                {
                    await notes.WriteLineAsync($"runner: {count} artifact(s) of {workflow} end with the run; --artifact-server-path FOLDER keeps them");
                }

                continue;
            }

            foreach (var file in await CopyAsync(run, Path.Combine(folder, workflow), cancellationToken))
            {
                await notes.WriteLineAsync($"runner: artifact {file}");
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _lock?.Dispose();
    }

    private async Task<IReadOnlyList<string>> CopyAsync(PlanId run, string folder, CancellationToken cancellationToken)
    {
        try
        {
            return await _services.CopyArtifactsAsync(run.ToString(), folder, cancellationToken);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"--artifact-server-path: artifacts cannot be written to {folder}: {problem.Message}", problem);
        }
    }

    private static ImmutableArray<CacheScope> ScopesOf(PlannedJob planned)
    {
        var plan = planned.Plan;
        var repository = (plan.Request.Event as DictionaryData)?.Find("repository") as DictionaryData;
        var scopes = CacheScopes.Of(
            plan.GitHub.FindText("ref") is { Length: > 0 } own ? own : "refs/heads/main",
            plan.GitHub.FindText("base_ref"),
            repository?.FindText("default_branch"),
            isFork: false);
        return planned.CacheAccess is { } access
            ? CacheScopes.Within(scopes, access.HasFlag(CacheAccess.Restore), access.HasFlag(CacheAccess.Save))
            : scopes;
    }

    // Null: another one is there.
    private static IDisposable? Hold(string folder)
    {
        try
        {
            return FolderLock.Take(folder);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"--cache-server-path: {folder} cannot be used: {problem.Message}", problem);
        }
    }
}
