using Docker.DotNet.Models;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Runner.Backends.Docker;
using Runner.Testing;
using Runner.Testing.Docker;

namespace Runner.Backends.Tests.Docker;

/// <summary>A real engine, and a small file in place of Node.js. The tests share the engine, so each looks only at versions of its own.</summary>
public sealed class ExternalsVolumeTests : IDisposable
{
    private readonly DockerEngineFixture _fixture;
    private readonly DockerEngine _engine;
    private readonly TempFolder _temp = new();
    private readonly List<ExternalsVolume> _launchers = [];

    public ExternalsVolumeTests(DockerEngineFixture fixture)
    {
        Assert.SkipWhen(fixture.Missing is not null, fixture.Missing ?? string.Empty);
        _fixture = fixture;
        _engine = new DockerEngine(fixture.Host);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _launchers.ForEach(launcher => launcher.Dispose());
        _engine.Dispose();
        _temp.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task Launchers_that_fill_at_once_make_one_volume_and_a_later_one_finds_it()
    {
        var externals = Externals("a", $"node of {Guid.NewGuid()}");

        var volumes = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Launcher(externals).EnsureAsync(Token)));
        var later = await Launcher(externals).EnsureAsync(Token);

        Assert.NotNull(later);
        Assert.All(volumes, volume => Assert.Equal(later, volume));
        Assert.Equal([later], await VolumesOfVersionAsync(later));
    }

    [Fact(Timeout = 120_000)]
    public async Task What_is_older_than_a_day_goes_when_another_version_is_made_and_what_is_younger_stays()
    {
        var first = await Launcher(Externals("a", $"one {Guid.NewGuid()}")).EnsureAsync(Token);
        var second = await Launcher(Externals("b", $"other {Guid.NewGuid()}")).EnsureAsync(Token);
        Assert.Equal([first], await VolumesOfVersionAsync(first));
        var pruned = await VolumeWithoutContainerAsync();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(25));

        var next = await Launcher(Externals("c", $"next {Guid.NewGuid()}"), time).EnsureAsync(Token);

        Assert.Empty(await VolumesOfVersionAsync(first));
        Assert.Empty(await VolumesOfVersionAsync(second));
        Assert.Empty(await VolumesOfVersionAsync(pruned));
        Assert.Equal([next], await VolumesOfVersionAsync(next));
    }

    [Fact(Timeout = 120_000)]
    public async Task Without_a_folder_there_is_no_volume() => Assert.Null(await Launcher(folder: null).EnsureAsync(Token));

    private ExternalsVolume Launcher(string? folder, TimeProvider? time = null)
    {
        var options = new DockerOptions { WorkerPath = _temp["runner-worker"], Externals = folder };
        var launcher = new ExternalsVolume(_engine, options, time ?? TimeProvider.System, NullLogger.Instance);
        _launchers.Add(launcher);
        return launcher;
    }

    private string Externals(string name, string node)
    {
        Directory.CreateDirectory(_temp[$"{name}/node24/bin"]);
        File.WriteAllText(_temp[$"{name}/node24/bin/node"], node);
        return _temp[name];
    }

    // As after "docker container prune".
    private async Task<string> VolumeWithoutContainerAsync()
    {
        var volume = new VolumesCreateParameters
        {
            Name = $"runner-externals-pruned{Guid.NewGuid():N}-0", Labels = new Dictionary<string, string> { [DockerLabels.Externals] = "runner-externals-pruned" },
        };
        return (await _fixture.Client.Volumes.CreateAsync(volume, Token)).Name;
    }

    // "runner-externals-VERSION-RANDOM"
    private async Task<IEnumerable<string>> VolumesOfVersionAsync(string? volume)
    {
        var version = volume?[..volume.LastIndexOf('-')] ?? "none";
        var all = await _fixture.Client.Volumes.ListAsync(new VolumesListParameters(), Token);
        return (all.Volumes ?? []).Select(found => found.Name).Where(name => name.StartsWith(version, StringComparison.Ordinal));
    }
}
