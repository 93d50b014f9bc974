using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using Runner.Backends;
using Runner.Cli.Workspaces;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Link;
using Runner.Testing;

namespace Runner.Cli.Tests.Workspaces;

public sealed class CheckoutArchiveTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 60_000)]
    public async Task Checkout_is_packed_with_what_is_new_and_without_what_gitignore_names()
    {
        Git("init", "--quiet");
        Write(".gitignore", "out/\n*.log\n");
        Write("src/main.c", "int main;");
        Write("gone", "x");
        Git("add", ".");
        File.Delete(_folder["gone"]);
        Write("new", "not added");
        Write("out/main.o", "ignored");
        Write("src/trace.log", "ignored");

        var names = (await PackAsync()).Select(entry => entry.Name).ToList();

        Assert.Equal([".gitignore", "new", "src/", "src/main.c"], names.Where(name => !name.StartsWith(".git/", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Contains(".git/HEAD", names);
    }

    [Fact(Timeout = 60_000)]
    public async Task Modes_times_and_links_are_kept_and_links_are_not_followed()
    {
        Write("run.sh", "#!/bin/sh");
        File.SetUnixFileMode(_folder["run.sh"], (UnixFileMode)0b111_101_000);
        File.SetLastWriteTimeUtc(_folder["run.sh"], new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        Write("folder/file", "x");
        File.CreateSymbolicLink(_folder["folder/circle"], "..");
        File.CreateSymbolicLink(_folder["nowhere"], "/no/such/file");

        var entries = (await PackAsync()).ToDictionary(entry => entry.Name);

        Assert.Equal(["folder/", "folder/circle", "folder/file", "nowhere", "run.sh"], entries.Keys.Order(StringComparer.Ordinal));
        Assert.Equal((UnixFileMode)0b111_101_000, entries["run.sh"].Mode);
        Assert.Equal(new DateTime(2020, 2, 3, 4, 5, 6, DateTimeKind.Utc), entries["run.sh"].ModificationTime.UtcDateTime);
        Assert.Equal((TarEntryType.SymbolicLink, ".."), (entries["folder/circle"].EntryType, entries["folder/circle"].LinkName));
        Assert.Equal((TarEntryType.SymbolicLink, "/no/such/file"), (entries["nowhere"].EntryType, entries["nowhere"].LinkName));
    }

    [Fact(Timeout = 60_000)]
    public async Task Requests_other_than_for_the_checkout_go_on_or_are_refused()
    {
        var exchange = new RequestExchange(new JobId(Guid.NewGuid()), "r", Received: 0, Stream.Null);
        var request = new ResolveActionsRequest { Actions = [] };

        var error = await Assert.ThrowsAsync<WorkflowException>(() => Sender(others: null).HandleAsync(request, exchange, Token));

        Assert.Equal("This local run answers no request 'resolveActions': it has only the actions of the checkout (./path)", error.Message);
        Assert.IsType<RequestDone>(await Sender(new Done()).HandleAsync(request, exchange, Token));
    }

    private CheckoutSender Sender(IWorkerRequestHandler? others) => new(new CheckoutSource(_folder.FullPath, withIgnored: false, TextWriter.Null), others);

    private async Task<List<TarEntry>> PackAsync()
    {
        using var archive = new MemoryStream();
        var exchange = new RequestExchange(new JobId(Guid.NewGuid()), "r", Received: 0, archive);
        var sent = Assert.IsType<WorkspaceSent>(await Sender(others: null).HandleAsync(new WorkspaceRequest(), exchange, Token));
        archive.Position = 0;
        await using var unzipped = new GZipStream(archive, CompressionMode.Decompress);
        await using var reader = new TarReader(unzipped);
        var entries = new List<TarEntry>();
        while (await reader.GetNextEntryAsync(copyData: true, Token) is { } entry)
        {
            entries.Add(entry);
        }

        Assert.Equal(entries.Count, sent.Entries);
        return entries;
    }

    private void Git(params string[] arguments)
    {
        using var git = Process.Start("git", ["-C", _folder.FullPath, .. arguments]);
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_folder[name]) ?? string.Empty);
        File.WriteAllText(_folder[name], text);
    }

    private sealed class Done : IWorkerRequestHandler
    {
        public Task<RequestResult> HandleAsync(WorkerRequest request, RequestExchange exchange, CancellationToken cancellationToken) =>
            Task.FromResult<RequestResult>(new RequestDone());
    }
}
