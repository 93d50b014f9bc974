using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Runner.Testing;

namespace Runner.Integration.Tests.Cluster;

/// <summary>
/// Stands before the API server of the dev cluster, which is 1.20, and speaks as one of 1.25 where it matters to ephemeral containers: 1.20 has
/// them as an alpha feature with an API of its own. All else passes as it is, watches, logs and execs too, so node and runtime are real.
/// </summary>
/// <remarks>
/// Translated: the patch of a pod's <c>ephemeralcontainers</c> (in 1.20 an object of its own, which knows no security context) and the version.
/// Not kept: that 1.25 checks the security context, which 1.20 cannot take.
/// </remarks>
public sealed class ApiOf125 : IAsyncDisposable
{
    private const string Version = "v1.25.16";

    private static readonly string[] OfOneConnection = ["Connection", "Transfer-Encoding", "Host", "Authorization", "Upgrade", "Keep-Alive"];

    private readonly TempFolder _folder = new();
    private readonly WebApplication _application;
    private readonly HttpMessageInvoker _server;
    private readonly Uri _address;

    private ApiOf125(WebApplication application, KubernetesClientConfiguration cluster)
    {
        _application = application;
        _server = new HttpMessageInvoker(HandlerFor(cluster));
        _address = new Uri(cluster.Host);
    }

    /// <summary>Path of a kubeconfig that leads here.</summary>
    public string Kubeconfig => _folder["kubeconfig"];

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_application.Urls.First());

    /// <summary>Starts one.</summary>
    /// <param name="kubeconfig">The dev cluster's.</param>
    public static async Task<ApiOf125> StartAsync(string kubeconfig)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = null;
            options.Limits.MinRequestBodyDataRate = null;
            options.Limits.MinResponseDataRate = null;
            options.Listen(IPAddress.Loopback, 0);
        });
        builder.Services.AddLogging(logging => logging.ClearProviders());
        var api = new ApiOf125(builder.Build(), KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig));
        api._application.Run(api.AnswerAsync);
        await api._application.StartAsync();
        await File.WriteAllTextAsync(api.Kubeconfig, KubeconfigOf(api.Address));
        return api;
    }

    /// <summary>A kubeconfig for an address.</summary>
    public static string KubeconfigOf(Uri address) => $"""
        apiVersion: v1
        kind: Config
        current-context: it
        clusters:
          - name: it
            cluster:
              server: {address.GetLeftPart(UriPartial.Authority)}
        users:
          - name: it
            user:
              token: none
        contexts:
          - name: it
            context:
              cluster: it
              user: it
        """;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using var atOnce = new CancellationTokenSource(TimeSpan.Zero, TimeProvider.System);
        await _application.StopAsync(atOnce.Token); // watches never end by themselves
        await _application.DisposeAsync();
        _server.Dispose();
        _folder.Dispose();
    }

    private static SocketsHttpHandler HandlerFor(KubernetesClientConfiguration cluster)
    {
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.AddRange(cluster.SslCaCerts);
        var mine = X509Certificate2.CreateFromPem(PemOf(cluster.ClientCertificateData), PemOf(cluster.ClientCertificateKeyData));
        return new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = trust, ClientCertificates = [mine] } };

        static string PemOf(string data) => System.Text.Encoding.ASCII.GetString(Convert.FromBase64String(data));
    }

    private async Task AnswerAsync(HttpContext http)
    {
        try
        {
            using var request = await RequestAsync(http);
            using var response = await _server.SendAsync(request, http.RequestAborted);
            if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
            {
                await UpgradeAsync(http, response);
                return;
            }

            Copy(response, http.Response);
            await using var body = await BodyAsync(http, response);
            await CopyAsync(body, http.Response.Body, http.RequestAborted);
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException or HttpRequestException)
        {
            http.Abort(); // one of the sides is gone
        }
    }

    private async Task<HttpRequestMessage> RequestAsync(HttpContext http)
    {
        var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), new Uri(_address, http.Request.Path + http.Request.QueryString.ToString()));
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var bytes = IsAddition(http) ? ToAlpha(body.ToArray()) : body.ToArray();
        request.Content = bytes.Length > 0 ? new ByteArrayContent(bytes) : null;
        foreach (var (name, value) in http.Request.Headers.Where(header => !OfOneConnection.Contains(header.Key) && header.Key != "Content-Length"))
        {
            if (!request.Headers.TryAddWithoutValidation(name, value.ToArray()))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value.ToArray());
            }
        }

        if (http.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true })
        {
            request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
            request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        }

        return request;
    }

    private static bool IsAddition(HttpContext http) =>
        http.Request.Method == "PATCH" && http.Request.Path.Value?.EndsWith("/ephemeralcontainers", StringComparison.Ordinal) == true;

    private static byte[] ToAlpha(byte[] patch)
    {
        var containers = JsonNode.Parse(patch)!["spec"]!["ephemeralContainers"]!.DeepClone();
        foreach (var container in containers.AsArray())
        {
            container!.AsObject().Remove("securityContext");
        }

        return System.Text.Encoding.UTF8.GetBytes(new JsonObject { ["ephemeralContainers"] = containers }.ToJsonString());
    }

    private static async Task<Stream> BodyAsync(HttpContext http, HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStreamAsync(http.RequestAborted);
        if (http.Request.Path.Value?.TrimEnd('/') != "/version" || await JsonNode.ParseAsync(body, cancellationToken: http.RequestAborted) is not JsonObject version)
        {
            return body;
        }

        version["gitVersion"] = Version;
        http.Response.ContentLength = null;
        return new MemoryStream(System.Text.Encoding.UTF8.GetBytes(version.ToJsonString()));
    }

    private static void Copy(HttpResponseMessage from, HttpResponse to)
    {
        to.StatusCode = (int)from.StatusCode;
        foreach (var (name, values) in from.Headers.Concat(from.Content.Headers).Where(header => !OfOneConnection.Contains(header.Key)))
        {
            to.Headers[name] = values.ToArray();
        }
    }

    private static async Task UpgradeAsync(HttpContext http, HttpResponseMessage response)
    {
        foreach (var (name, values) in response.Headers.Where(header => header.Key.StartsWith("Sec-WebSocket", StringComparison.OrdinalIgnoreCase)))
        {
            http.Response.Headers[name] = values.ToArray();
        }

        http.Response.Headers.Upgrade = "websocket";
        await using var client = await http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        await using var server = await response.Content.ReadAsStreamAsync(http.RequestAborted);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        var both = new[] { CopyAsync(client, server, over.Token), CopyAsync(server, client, over.Token) };
        await Task.WhenAny(both);
        await over.CancelAsync();
        await Task.WhenAll(both);
    }

    private static async Task CopyAsync(Stream from, Stream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        int read;
        await to.FlushAsync(cancellationToken); // a watch has headers long before its first event
        while ((read = await from.ReadAsync(buffer, cancellationToken)) > 0)
        {
            await to.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            await to.FlushAsync(cancellationToken);
        }
    }
}
