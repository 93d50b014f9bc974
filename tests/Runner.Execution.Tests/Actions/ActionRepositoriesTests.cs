using Runner.Execution.Actions;
using Runner.Jobs.Errors;
using Runner.Testing;

namespace Runner.Execution.Tests.Actions;

public sealed class ActionRepositoriesTests : IDisposable
{
    private static readonly ActionCacheLimit NoLimit = new(long.MaxValue, TimeProvider.System);

    private readonly TempFolder _folder = new();
    private readonly TestStep _step = new();
    private readonly FolderActions _source;

    public ActionRepositoriesTests()
    {
        _source = new FolderActions(_folder["source"]);
        Directory.CreateDirectory(_folder["source/acme/tool"]);
        File.WriteAllText(_folder["source/acme/tool/action.yml"], "name: tool");
    }

    private string Kept => _folder["cache/acme_tool/0123456789abcdef0123456789abcdef01234567.tar.gz"];

    [Fact]
    public async Task Repository_is_resolved_and_fetched_once_however_often_it_is_used()
    {
        using var repositories = Repositories();

        await GetAsync(repositories, new("acme/tool", "v1", null), new("acme/tool", "v1", "lint"), new("acme/tool", "feature/x", null));
        await GetAsync(repositories, new RepositoryAction("acme/tool", "v1", "other"));

        Assert.Equal(["acme/tool@v1 acme/tool@feature/x"], _source.Resolved);
        Assert.Equal(_folder["actions/acme/tool/v1"], repositories.FolderOf(new("acme/tool", "v1", null)));
        Assert.True(File.Exists(_folder["actions/acme/tool/feature/x/action.yml"]));
        Assert.Equal(["acme"], Directory.EnumerateFileSystemEntries(_folder["actions"]).Select(Path.GetFileName));
        Assert.Equal(
            [
                "Getting action download info",
                "Download action repository 'acme/tool@v1' (SHA:0123456789abcdef0123456789abcdef01234567)",
                "Download action repository 'acme/tool@feature/x' (SHA:0123456789abcdef0123456789abcdef01234567)",
            ],
            _step.Lines);
    }

    [Fact]
    public async Task Commit_that_a_job_before_fetched_is_not_fetched_again()
    {
        using (var first = Repositories())
        {
            await GetAsync(first, new RepositoryAction("acme/tool", "v1", null));
        }

        Directory.Delete(_folder["actions"], recursive: true);
        using var second = Repositories();
        await GetAsync(second, new RepositoryAction("acme/tool", "main", null));

        Assert.Equal(["acme/tool@v1"], _source.Fetched);
        Assert.True(File.Exists(_folder["actions/acme/tool/main/action.yml"]));
    }

    [Fact]
    public async Task Kept_archive_that_is_broken_is_fetched_anew()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Kept)!);
        await File.WriteAllTextAsync(Kept, "not an archive", TestContext.Current.CancellationToken);
        using var repositories = Repositories();

        await GetAsync(repositories, new RepositoryAction("acme/tool", "v1", null));

        Assert.Equal(["acme/tool@v1"], _source.Fetched);
        Assert.True(new FileInfo(Kept).Length > 50);
        Assert.Contains(_step.Lines, line => line.StartsWith($"##[warning]The kept archive '{Kept}' cannot be used: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Jobs_that_keep_one_commit_at_the_same_time_do_not_hinder_each_other()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async job =>
        {
            using var repositories = Repositories($"actions{job}");
            await GetAsync(repositories, new RepositoryAction("acme/tool", "v1", null));
        }));

        Assert.Equal([Path.GetFileName(Kept)], Directory.EnumerateFiles(Path.GetDirectoryName(Kept)!).Select(Path.GetFileName));
        Assert.All(Enumerable.Range(0, 8), job => Assert.True(File.Exists(_folder[$"actions{job}/acme/tool/v1/action.yml"])));
    }

    [Fact]
    public async Task Cache_that_takes_nothing_costs_nothing_but_time()
    {
        await File.WriteAllTextAsync(_folder["cache"], "in the way", TestContext.Current.CancellationToken);
        using var repositories = Repositories();

        await GetAsync(repositories, new RepositoryAction("acme/tool", "v1", null));

        Assert.True(File.Exists(_folder["actions/acme/tool/v1/action.yml"]));
    }

    [Theory]
    [InlineData("acme/tool", "../../../evil")]
    [InlineData("acme/..", "v1")]
    [InlineData("acme", "v1")]
    public async Task Reference_that_would_leave_the_actions_folder_is_refused(string name, string reference)
    {
        Directory.CreateDirectory(_folder[$"source/{name}"]);
        using var repositories = Repositories();

        var error = await Assert.ThrowsAsync<WorkflowException>(() => GetAsync(repositories, new RepositoryAction(name, reference, null)));

        Assert.Equal($"'{name}@{reference}' is not valid. Expected: owner/repo@ref", error.Message);
    }

    [Fact]
    public async Task Launcher_without_actions_is_told_by_the_action_that_cannot_be_had()
    {
        using var repositories = new ActionRepositories(null, new ActionCache(null, null, NoLimit), _folder["actions"], _step.Job.Masker, prefersUnpacked: false);

        var error = await Assert.ThrowsAsync<WorkflowException>(() => GetAsync(repositories, new RepositoryAction("acme/tool", "v1", null)));

        Assert.Equal("'acme/tool@v1' cannot be used: this job was started without a source of actions. A local run has only those of the checkout (./path)", error.Message);
    }

    [Fact]
    public async Task Folder_that_others_keep_unpacked_is_linked_to_where_wanted()
    {
        Directory.CreateDirectory(_folder["given/acme_tool/0123456789abcdef0123456789abcdef01234567/top"]);
        await File.WriteAllTextAsync(
            _folder["given/acme_tool/0123456789abcdef0123456789abcdef01234567/top/action.yml"], "name: kept", TestContext.Current.CancellationToken);
        using var repositories = new ActionRepositories(
            _source, new ActionCache(_folder["given"], null, NoLimit), _folder["actions"], _step.Job.Masker, prefersUnpacked: true);

        await GetAsync(repositories, new RepositoryAction("acme/tool", "v1", null));

        Assert.Equal("name: kept", await File.ReadAllTextAsync(_folder["actions/acme/tool/v1/action.yml"], TestContext.Current.CancellationToken));
        Assert.Empty(_source.Fetched);
    }

    public void Dispose()
    {
        _step.Dispose();
        _folder.Dispose();
    }

    private ActionRepositories Repositories(string folder = "actions") =>
        new(_source, new ActionCache(null, _folder["cache"], NoLimit), _folder[folder], _step.Job.Masker, prefersUnpacked: false);

    private Task GetAsync(ActionRepositories repositories, params RepositoryAction[] actions) =>
        repositories.GetAsync(actions, _step.Log, TestContext.Current.CancellationToken);
}
