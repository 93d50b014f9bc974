using System.Security.Cryptography;
using Runner.Emulator.Options;
using Runner.Protocol.Registration;

namespace Runner.Emulator.Runners;

/// <summary>Registers ephemeral runners with a key made for them (<c>registration.md</c> section 8).</summary>
internal sealed class JitRegistration(RunnerRegistry registry, EmulatorAddress address, EmulatorOptions options) : IDisposable
{
    private const int KeyBits = 2048;

    private readonly Lazy<RSA> _shared = new(() => RSA.Create(KeyBits));

    /// <summary>A new runner with its configuration; <c>null</c> where the name is taken.</summary>
    public (RunnerRecord Runner, JitConfig Config)? Register(string scope, string name, IEnumerable<string> labels, string? workFolder, int group = RunnerGroups.Default, bool isEverybodys = false, int? scaleSet = null)
    {
        using var own = options.ShareRunnerKey ? null : RSA.Create(KeyBits);
        var key = own ?? _shared.Value;
        var root = address.Root;
        var runner = registry.Add(new RunnerRecord
        {
            Name = name,
            Scope = scope,
            GroupId = group,
            Labels = registry.LabelsOf(labels),
            IsEphemeral = true,
            ScaleSet = scaleSet,
            IsEverybodys = isEverybodys,
            PublicKey = key.ExportParameters(includePrivateParameters: false),
            AuthorizationUrl = EmulatorAddress.Token(root),
        });
        if (runner is null)
        {
            return null;
        }

        var config = new JitConfig
        {
            Settings = new RunnerSettings
            {
                AgentId = runner.Id,
                AgentName = runner.Name,
                PoolId = runner.GroupId,
                PoolName = "Default",
                ServerUrl = EmulatorAddress.Broker(root).AbsoluteUri,
                ServerUrlV2 = options.Protocol == EmulatorProtocol.V2 ? EmulatorAddress.Broker(root).AbsoluteUri : null,
                UseV2Flow = options.Protocol == EmulatorProtocol.V2,
                GitHubUrl = RunnerScope.AddressOf(scope, root).AbsoluteUri,
                WorkFolder = workFolder ?? "_work",
                Ephemeral = true,
                DisableUpdate = true,
            },
            Credentials = new RunnerCredentials
            {
                Data = new CredentialData
                {
                    ClientId = runner.ClientId.ToString("D"),
                    AuthorizationUrl = runner.AuthorizationUrl.AbsoluteUri,
                    RequireFipsCryptography = options.RequireFips,
                },
            },
            Key = RsaKey.From(key),
        };
        return (runner, config);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_shared.IsValueCreated)
        {
            _shared.Value.Dispose();
        }
    }
}
