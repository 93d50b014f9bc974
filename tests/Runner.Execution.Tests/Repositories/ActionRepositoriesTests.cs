using Runner.Execution.Hosting;
using Runner.Execution.Repositories;
using Runner.Execution.Tests.Actions;
using Runner.Jobs.Errors;
using Runner.Testing;

namespace Runner.Execution.Tests.Repositories;

public sealed class ActionRepositoriesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestStep _step = new();
    private readonly FolderActions _source;

    public ActionRepositoriesTests()
    {
        _source = new FolderActions(_folder["source"]);
        Directory.CreateDirectory(_folder["source/acme/tool"]);
        File.WriteAllText(_folder["source/acme/tool/action.yml"], "name: tool");
    }

    private string Kept => _folder["given/acme_tool/0123456789abcdef0123456789abcdef01234567.tar.gz"];

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
    public async Task What_a_job_fetches_is_left_nowhere_for_another_to_run()
    {
        using (var first = Repositories())
        {
            await GetAsync(first, new RepositoryAction("acme/tool", "v1", null));
        }

        Assert.Equal(["action.yml"], Directory.EnumerateFiles(_folder.FullPath, "*", SearchOption.AllDirectories).Where(IsNotTheSource).Select(Path.GetFileName));
        Directory.Delete(_folder["actions"], recursive: true);
        using var second = Repositories();
        await GetAsync(second, new RepositoryAction("acme/tool", "main", null));

        Assert.Equal(["acme/tool@v1", "acme/tool@main"], _source.Fetched);

        bool IsNotTheSource(string file) => !file.StartsWith(_folder["source"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Archive_on_the_tool_cache_is_never_run_whoever_put_it_there()
    {
        var planted = Path.Combine(_step.Job.Paths.ToolCache, "_action_archives/acme_tool/0123456789abcdef0123456789abcdef01234567.tar.gz");
        Directory.CreateDirectory(Path.GetDirectoryName(planted) ?? string.Empty);
        await File.WriteAllTextAsync(planted, "code of another job", TestContext.Current.CancellationToken);
        using var repositories = Repositories();

        await GetAsync(repositories, new RepositoryAction("acme/tool", "v1", null));

        Assert.Equal(["acme/tool@v1"], _source.Fetched);
        Assert.Equal("code of another job", await File.ReadAllTextAsync(planted, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Archive_of_the_operators_that_is_broken_is_told_and_the_action_fetched()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Kept) ?? string.Empty);
        await File.WriteAllTextAsync(Kept, "not an archive", TestContext.Current.CancellationToken);
        using var repositories = new ActionRepositories(
            _source, new ActionCache(_folder["given"]), _folder["actions"], _step.Job.Masker, prefersUnpacked: false);

        await GetAsync(repositories, new RepositoryAction("acme/tool", "v1", null));

        Assert.Equal(["acme/tool@v1"], _source.Fetched);
        Assert.Equal("not an archive", await File.ReadAllTextAsync(Kept, TestContext.Current.CancellationToken));
        Assert.Contains(_step.Lines, line => line.StartsWith($"##[warning]The kept archive '{Kept}' cannot be used: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Archive_of_the_operators_is_used_and_nothing_fetched()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Kept) ?? string.Empty);
        await _source.FetchAsync(
            new ResolvedAction { Action = new("acme/tool", "v1", null), ResolvedName = "acme/tool", Sha = string.Empty }, Kept, new Feedback(), TestContext.Current.CancellationToken);
        _source.Fetched.Clear();
        using var repositories = new ActionRepositories(
            _source, new ActionCache(_folder["given"]), _folder["actions"], _step.Job.Masker, prefersUnpacked: false);

        await GetAsync(repositories, new RepositoryAction("acme/tool", "v1", null));

        Assert.Equal("name: tool", await File.ReadAllTextAsync(_folder["actions/acme/tool/v1/action.yml"], TestContext.Current.CancellationToken));
        Assert.Empty(_source.Fetched);
    }

    [Fact]
    public async Task Package_is_told_its_source_may_warn_and_mask_and_a_broken_archive_is_refused()
    {
        using var repositories = new ActionRepositories(
            new BrokenPackages(), new ActionCache(null), _folder["actions"], _step.Job.Masker, prefersUnpacked: false);

        var error = await Assert.ThrowsAsync<WorkflowException>(() => GetAsync(repositories, new RepositoryAction("acme/tool", "v1", null)));

        Assert.StartsWith("The archive of action 'acme/tool@v1' cannot be used: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith(" (14 bytes)", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            [
                "Getting action download info", "##[warning]another try with ***", "##[group]Download immutable action package 'acme/tool@v1'", "Version: 1.2.3",
                "Digest: sha256:77", "Source commit SHA: 0123", "##[endgroup]",
            ],
            _step.Lines);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder["actions"]));
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
        using var repositories = new ActionRepositories(null, new ActionCache(null), _folder["actions"], _step.Job.Masker, prefersUnpacked: false);

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
            _source, new ActionCache(_folder["given"]), _folder["actions"], _step.Job.Masker, prefersUnpacked: true);

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
        new(_source, new ActionCache(null), _folder[folder], _step.Job.Masker, prefersUnpacked: false);

    private Task GetAsync(ActionRepositories repositories, params RepositoryAction[] actions) =>
        repositories.GetAsync(actions, _step.Log, TestContext.Current.CancellationToken);

    private sealed class Feedback : IActionFeedback
    {
        public void Warn(string message)
        {
        }

        public void Mask(string secret)
        {
        }
    }

    private sealed class BrokenPackages : IActionSource
    {
        public Task<IReadOnlyList<ResolvedAction>> ResolveAsync(
            IReadOnlyList<RepositoryAction> actions, IActionFeedback feedback, CancellationToken cancellationToken)
        {
            feedback.Mask("s3cret");
            feedback.Warn("another try with s3cret");
            return Task.FromResult<IReadOnlyList<ResolvedAction>>(
                [new ResolvedAction { Action = actions[0], ResolvedName = actions[0].Name, Sha = "0123", Package = new ActionPackage("1.2.3", "sha256:77") }]);
        }

        public Task FetchAsync(ResolvedAction action, string file, IActionFeedback feedback, CancellationToken cancellationToken) =>
            File.WriteAllTextAsync(file, "not an archive", cancellationToken);
    }
}
