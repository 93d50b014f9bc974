using Microsoft.Extensions.Time.Testing;
using Runner.Testing;
using Runner.Worker.Commands;

namespace Runner.Worker.Tests.Commands;

public sealed class ExternalsFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(56));
    private readonly StringWriter _error = new();

    public void Dispose()
    {
        _folder.Dispose();
        _error.Dispose();
    }

    [Fact]
    public void Kept_copy_is_made_once_and_linked_to()
    {
        Image("1", "first");
        Provide("pod1");
        Image("1", "same version, so nobody looks at it");

        Provide("pod2");

        Assert.Equal(_folder["cache/1"], new DirectoryInfo(_folder["pod2"]).LinkTarget);
        Assert.Equal("first", File.ReadAllText(_folder["pod2/node24/bin/node"]));
        Assert.Equal(["1"], Kept());
    }

    [Fact]
    public void Folder_that_cannot_be_made_is_told_and_no_reason_to_fail()
    {
        File.WriteAllText(_folder["file"], string.Empty);

        ExternalsFolder.Make(_folder["cache"], _error);
        ExternalsFolder.Make(_folder["file/cache"], _error);

        Assert.True(Directory.Exists(_folder["cache"]));
        Assert.StartsWith($"runner-worker: {_folder["file/cache"]} cannot be made: ", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 60_000)]
    public async Task Pods_that_start_at_once_all_see_the_whole_of_it()
    {
        Image("1", new string('x', 1 << 20));

        await Task.WhenAll(Enumerable.Range(0, 8).Select(pod => Task.Run(() => Provide($"pod{pod}"), TestContext.Current.CancellationToken)));

        Assert.Equal(["1"], Kept());
        Assert.All(Enumerable.Range(0, 8), pod => Assert.Equal(1 << 20, File.ReadAllText(_folder[$"pod{pod}/node24/bin/node"]).Length));
        Assert.Empty(_error.ToString());
    }

    [Fact]
    public void Version_that_no_pod_used_for_a_week_goes_when_another_comes()
    {
        Image("1", "one");
        Provide("pod1");
        Image("2", "two");
        Provide("pod2");
        _time.Advance(TimeSpan.FromDays(6));
        Provide("pod3"); // uses 2
        _time.Advance(TimeSpan.FromDays(2));

        Image("3", "three");
        Provide("pod4");

        Assert.Equal(["2", "3"], Kept());
    }

    [Fact]
    public void Tool_cache_that_cannot_keep_it_costs_the_pod_a_copy_and_not_the_job()
    {
        Image("1", "node");
        File.WriteAllText(_folder["cache"], "a file where the folder should be");

        Provide("pod");

        Assert.Equal("node", File.ReadAllText(_folder["pod/node24/bin/node"]));
        Assert.StartsWith($"runner-worker: Node.js could not be kept in {_folder["cache"]}, so this pod gets a copy of its own: ", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_that_the_job_sees_itself_is_only_linked_to()
    {
        Image("1", "node");

        new ExternalsFolder(_folder["image"], _time).Provide(_folder["pod"], keep: null, link: "/runner/image/externals", _error);
        new ExternalsFolder(_folder["none"], _time).Provide(_folder["other"], keep: null, link: "/runner/image/externals", _error);

        Assert.Equal("/runner/image/externals", new FileInfo(_folder["pod"]).LinkTarget);
        Assert.Null(new FileInfo(_folder["other"]).LinkTarget); // an image without Node.js
    }

    private void Image(string version, string node)
    {
        Directory.CreateDirectory(_folder["image/node24/bin"]);
        File.WriteAllText(_folder["image/version"], version + "\n");
        File.WriteAllText(_folder["image/node24/bin/node"], node);
    }

    private void Provide(string pod) => new ExternalsFolder(_folder["image"], _time).Provide(_folder[pod], _folder["cache"], link: null, _error);

    private string?[] Kept() => [.. Directory.EnumerateFileSystemEntries(_folder["cache"]).Select(Path.GetFileName).Order()];
}
