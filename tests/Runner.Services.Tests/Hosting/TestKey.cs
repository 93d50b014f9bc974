using System.Security.Cryptography;
using Runner.Jobs.Callers;
using Runner.Services.Hosting;
using Runner.Services.Records;
using Runner.Testing;

namespace Runner.Services.Tests.Hosting;

/// <summary>A key that an agent and a server share, and both sides of it.</summary>
internal sealed class TestKey : IDisposable
{
    private readonly TempFolder _folder = new();

    public TestKey() => File.WriteAllBytes(FullPath, RandomNumberGenerator.GetBytes(32));

    public string FullPath => _folder["key"];

    /// <summary>What an agent makes tokens by.</summary>
    public RuntimeTokens Tokens => TokensAt(TimeProvider.System);

    /// <summary>The same by another clock.</summary>
    public RuntimeTokens TokensAt(TimeProvider time) => new(ServiceKey.ReadFor(ServiceKey.Tokens, FullPath), time);

    /// <summary>A server over a folder.</summary>
    public Task<ClusterServices> StartAsync(TempFolder data, ServiceLimits? limits = null) => ClusterServices.StartAsync(
        new ClusterServicesOptions
        {
            Folder = data.FullPath,
            KeyFile = FullPath,
            PublicUrl = new Uri("http://127.0.0.1:0"),
            Version = "1.2.3",
            Limits = limits ?? new ServiceLimits(),
        },
        TestContext.Current.CancellationToken);

    public void Dispose() => _folder.Dispose();
}
