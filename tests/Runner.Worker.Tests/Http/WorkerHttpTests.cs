using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Runner.Testing;
using Runner.Testing.Http;
using Runner.Worker.Http;

namespace Runner.Worker.Tests.Http;

public sealed class WorkerHttpTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly TestCertificates _certificates = new("localhost");
    private WebApplication? _server;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(
            options => options.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps(_certificates.Server)));
        _server = builder.Build();
        _server.Run(context => context.Response.WriteAsync("hello", context.RequestAborted));
        await _server.StartAsync(Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        _certificates.Dispose();
        _folder.Dispose();
    }

    [Fact(Timeout = 30_000)]
    public async Task A_server_that_no_bundle_knows_is_not_trusted() =>
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(new CertificateBundle(null, _folder.FullPath, extra: null)));

    [Fact(Timeout = 30_000)]
    public async Task The_operators_certificates_are_trusted() =>
        Assert.Equal("hello", await GetAsync(new CertificateBundle(null, _folder.FullPath, _certificates.AuthorityPem)));

    [Fact(Timeout = 30_000)]
    public async Task The_file_that_the_environment_names_is_trusted()
    {
        File.WriteAllText(_folder["roots.pem"], _certificates.AuthorityPem);

        Assert.Equal("hello", await GetAsync(new CertificateBundle(_folder["roots.pem"], _folder.FullPath, extra: null)));
    }

    [Fact]
    public void A_broken_bundle_is_passed_over_for_the_next()
    {
        File.WriteAllText(_folder["broken.pem"], "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        File.WriteAllText(_folder[CertificateBundle.FileName], _certificates.AuthorityPem);

        Assert.NotEmpty(new CertificateBundle(_folder["broken.pem"], _folder.FullPath, extra: null).Load());
    }

    private async Task<string> GetAsync(CertificateBundle bundle)
    {
        using var client = new HttpClient(new WorkerHttp(bundle, proxy: null));
        var port = new Uri(_server!.Urls.First()).Port; // started before each test
        return await client.GetStringAsync(new Uri($"https://localhost:{port}/"), Cancelled);
    }
}
