using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Runner.Jobs;
using Runner.Testing.Http;

namespace Runner.Testing.Cluster;

/// <summary>
/// A cluster of one namespace in this process: an API server that keeps the rules of the real one in all that an agent asks of it, and pods that pass through
/// their stages without a container, whose jobs are completed at GitHub all the same. By it is measured and tried what a real cluster is too small for.
/// </summary>
/// <remarks>
/// Kept: TLS and HTTP/2, resource versions, lists in pages, watches with bookmarks, label selectors and deletions seen by them, 404, 409, 410, 415, 422, owner references, grace
/// periods, dry runs, managed fields, defaults of pods. Not there: exec, ephemeral containers, quotas that count, other namespaces.
/// </remarks>
public sealed class StandInCluster : IAsyncDisposable
{
    private static readonly LabelSelector Everything = LabelSelector.Parse(null);

    // As a kube-apiserver has it.
    private const int StreamsOfConnection = 1000;

    private readonly TempFolder _folder = new();
    private readonly TestCertificates _certificates;
    private readonly CancellationTokenSource _ending = new();
    private readonly WebApplication _application;
    private readonly ObjectStore _store;
    private readonly WatchFaults _faults;
    private readonly StandInWorker _worker;
    private readonly Task _kubelet;
    private CancellationTokenSource _cut = new();

    private StandInCluster(WebApplication application, TestCertificates certificates, StandInClusterOptions options, TimeProvider time)
    {
        _certificates = certificates;
        _application = application;
        _store = new ObjectStore(options.KeptChanges);
        _faults = new WatchFaults(options);
        _worker = new StandInWorker(options, time);
        var kubelet = new StandInKubelet(_store, _worker, options, time);
        _application.Run(new ApiServer(_store, kubelet, Calls, _faults, () => _cut.Token, options, time).AnswerAsync);
        _kubelet = kubelet.RunAsync(_ending.Token);
    }

    /// <summary>Path of a kubeconfig that leads here.</summary>
    public string Kubeconfig => _folder["kubeconfig"];

    /// <summary>What it was asked.</summary>
    public ClusterCalls Calls { get; } = new();

    /// <summary>How many watches were cut.</summary>
    public int WatchCuts => _faults.Cuts;

    /// <summary>The jobs whose workers began, each as often as one did.</summary>
    public IReadOnlyCollection<JobId> Ran => _worker.Ran;

    /// <summary>Names of the pods that there are.</summary>
    public IReadOnlyList<string> Pods => Names(ResourceKind.Pods);

    /// <summary>Names of the Secrets that there are.</summary>
    public IReadOnlyList<string> Secrets => Names(ResourceKind.Secrets);

    /// <summary>How many pods are in a phase.</summary>
    public int CountPods(string phase) => _store.List(ResourceKind.Pods, Everything).Objects.Count(pod => pod.Phase == phase);

    /// <summary>Starts one.</summary>
    public static async Task<StandInCluster> StartAsync(StandInClusterOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var certificates = new TestCertificates("localhost");
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsOfConnection;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificates.Server));
        });
        builder.Services.AddLogging(logging => logging.ClearProviders());
        var cluster = new StandInCluster(builder.Build(), certificates, options, TimeProvider.System);
        await cluster._application.StartAsync(cancellationToken);
        await File.WriteAllTextAsync(cluster.Kubeconfig, cluster.KubeconfigText(), cancellationToken);
        return cluster;
    }

    /// <summary>Lets the jobs end that are held.</summary>
    public void LetGo() => _worker.LetGo();

    /// <summary>Cuts all watches, and forgets the history: who comes again has to list.</summary>
    public async Task CutWatchesAsync()
    {
        _store.Compact();
        using var cut = Interlocked.Exchange(ref _cut, new CancellationTokenSource());
        await cut.CancelAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await CutWatchesAsync();
        using (var atOnce = new CancellationTokenSource(TimeSpan.Zero, TimeProvider.System))
        {
            await _application.StopAsync(atOnce.Token); // watches never end by themselves
        }

        await Task.WhenAny(_kubelet); // cancelled, or its failure was a test's already
        await _application.DisposeAsync();
        _certificates.Dispose();
        _worker.Dispose();
        _cut.Dispose();
        _ending.Dispose();
        _folder.Dispose();
    }

    private List<string> Names(ResourceKind kind) => [.. _store.List(kind, Everything).Objects.Select(stored => stored.Name)];

    private string KubeconfigText() => $"""
        apiVersion: v1
        kind: Config
        current-context: stand-in
        clusters:
          - name: stand-in
            cluster:
              server: https://localhost:{new Uri(_application.Urls.First()).Port}
              certificate-authority-data: {Convert.ToBase64String(Encoding.ASCII.GetBytes(_certificates.AuthorityPem))}
        users: [{"{"}name: stand-in, user: {"{"}token: none{"}"}{"}"}]
        contexts: [{"{"}name: stand-in, context: {"{"}cluster: stand-in, user: stand-in{"}"}{"}"}]
        """;
}
