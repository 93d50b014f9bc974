using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Runner.Emulator.Options;
using Runner.Emulator.Tests.Clients;
using Runner.Testing;

namespace Runner.Emulator.Tests.Actions;

public sealed class ActionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact(Timeout = 60_000)]
    public async Task Tags_branches_and_commits_of_a_git_repository_are_resolved_and_their_archives_served()
    {
        var (first, second) = NewGitRepository(_folder["tools"]);
        await using var emulator = await TestEmulator.StartAsync(
            new EmulatorOptions { ActionRepositories = new Dictionary<string, string> { ["acme/tools"] = _folder["tools"] } });
        var (_, job) = await emulator.RunningJobAsync();

        var actions = await ResolvedAsync(job, "acme/tools@v1", "Acme/Tools@main", $"acme/tools@{first}");

        Assert.Equal(first, actions["acme/tools@v1"]!["resolved_sha"]!.ToString());
        Assert.Equal(second, actions["Acme/Tools@main"]!["resolved_sha"]!.ToString());
        Assert.Equal("acme/tools", actions["Acme/Tools@main"]!["resolved_name"]!.ToString());
        Assert.Equal(
            [$"acme-tools-{first[..7]}/", $"acme-tools-{first[..7]}/action.yml=name: one\n"],
            await TarballAsync(emulator, actions["acme/tools@v1"]!));
        Assert.Equal(
            [$"acme-tools-{second[..7]}/", $"acme-tools-{second[..7]}/action.yml=name: two\n"],
            await TarballAsync(emulator, actions["Acme/Tools@main"]!));
    }

    [Fact(Timeout = 60_000)]
    public async Task Any_ref_of_a_plain_folder_stands_for_its_files_as_they_are()
    {
        Directory.CreateDirectory(_folder["acme/lint/dist"]);
        File.WriteAllText(_folder["acme/lint/action.yml"], "name: lint\n");
        File.WriteAllText(_folder["acme/lint/dist/index.js"], "run()\n");
        File.CreateSymbolicLink(_folder["acme/lint/link"], "dist/index.js");
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { ActionsFolder = _folder.FullPath });
        var (_, job) = await emulator.RunningJobAsync();

        var before = await ResolvedAsync(job, "acme/lint@v1", "acme/lint@main");
        var files = await TarballAsync(emulator, before["acme/lint@v1"]!);
        var zip = await ZipAsync(emulator, before["acme/lint@v1"]!);
        File.WriteAllText(_folder["acme/lint/action.yml"], "name: lint 2\n");
        var after = await ResolvedAsync(job, "acme/lint@v1");

        var sha = before["acme/lint@v1"]!["resolved_sha"]!.ToString();
        Assert.Matches("^[0-9a-f]{40}$", sha);
        Assert.Equal(sha, before["acme/lint@main"]!["resolved_sha"]!.ToString());
        Assert.NotEqual(sha, after["acme/lint@v1"]!["resolved_sha"]!.ToString());
        var top = $"acme-lint-{sha[..7]}/";
        Assert.Equal([top, top + "action.yml=name: lint\n", top + "dist/", top + "dist/index.js=run()\n", top + "link->dist/index.js"], files);
        Assert.Equal([top + "action.yml", top + "dist/index.js"], zip);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_cannot_be_resolved_says_why_and_how_to_add_it()
    {
        var (first, _) = NewGitRepository(_folder["tools"]);
        await using var emulator = await TestEmulator.StartAsync(
            new EmulatorOptions { ActionRepositories = new Dictionary<string, string> { ["acme/tools"] = _folder["tools"] } });
        var (_, job) = await emulator.RunningJobAsync();

        using var answer = await ResolveAsync(job, null, "actions/checkout@v4", "acme/tools@v9", $"acme/tools@{first[..9]}", "../tools@main", "acme/tools@--all");
        using var stranger = await ResolveAsync(job, "x", "acme/tools@v1");

        Assert.Equal([422, 401], [(int)answer.StatusCode, (int)stranger.StatusCode]);
        var errors = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestEmulator.Token))!["errors"]!.AsObject();
        Assert.Equal(
            [
                "Unable to resolve action `../tools@main`, repository not found. The emulator has only the repositories it was given: start it with --action ../tools=PATH, or with --actions DIR and put the repository at DIR/../tools",
                "Unable to resolve action `acme/tools@--all`, unable to find version `--all`",
                $"Unable to resolve action `acme/tools@{first[..9]}`, the provided ref `{first[..9]}` is the shortened version of a commit SHA, which is not supported. Please use the full commit SHA `{first}` instead.",
                "Unable to resolve action `acme/tools@v9`, unable to find version `v9`",
                "Unable to resolve action `actions/checkout@v4`, repository not found. The emulator has only the repositories it was given: start it with --action actions/checkout=PATH, or with --actions DIR and put the repository at DIR/actions/checkout",
            ],
            errors.Select(error => error.Value!["message"]!.ToString()).Order(StringComparer.Ordinal));
    }

    [Fact(Timeout = 60_000)]
    public async Task Archives_need_a_token_and_their_addresses_open_nothing_else()
    {
        Directory.CreateDirectory(_folder["acme/lint"]);
        Directory.CreateDirectory(_folder["acme/other"]);
        await using var emulator = await TestEmulator.StartAsync(new EmulatorOptions { ActionsFolder = _folder.FullPath });
        var (_, job) = await emulator.RunningJobAsync();
        var action = (await ResolvedAsync(job, "acme/lint@v1"))["acme/lint@v1"]!;

        using var anonymous = await emulator.Http.GetAsync(new Uri(action["tar_url"]!.ToString()), TestEmulator.Token);
        using var archive = await ArchiveAsync(emulator, action, "tar_url");
        var address = archive.RequestMessage!.RequestUri!.AbsoluteUri;
        using var other = await emulator.Http.GetAsync(new Uri(address.Replace("/lint/", "/other/", StringComparison.Ordinal)), TestEmulator.Token);
        using var bare = await emulator.Http.GetAsync(new Uri(address.Split('?')[0]), TestEmulator.Token);

        Assert.Equal(
            [HttpStatusCode.Unauthorized, HttpStatusCode.OK, HttpStatusCode.NotFound, HttpStatusCode.NotFound],
            [anonymous.StatusCode, archive.StatusCode, other.StatusCode, bare.StatusCode]);
    }

    public void Dispose() => _folder.Dispose();

    private static (string First, string Second) NewGitRepository(string folder)
    {
        Directory.CreateDirectory(folder);
        Git(folder, "init", "-q", "-b", "main");
        File.WriteAllText(Path.Combine(folder, "action.yml"), "name: one\n");
        var first = Commit(folder);
        Git(folder, "tag", "-a", "v1", "-m", "one");
        File.WriteAllText(Path.Combine(folder, "action.yml"), "name: two\n");
        var second = Commit(folder);
        File.WriteAllText(Path.Combine(folder, "action.yml"), "name: not committed\n");
        return (first, second);
    }

    private static string Commit(string folder)
    {
        Git(folder, "add", "-A");
        Git(folder, "commit", "-q", "-m", "change");
        return Git(folder, "rev-parse", "HEAD").Trim();
    }

    private static string Git(string folder, params string[] arguments)
    {
        var start = new System.Diagnostics.ProcessStartInfo("git") { RedirectStandardOutput = true, WorkingDirectory = folder };
        foreach (var argument in new[] { "-c", "user.name=t", "-c", "user.email=t@example.org" }.Concat(arguments))
        {
            start.ArgumentList.Add(argument);
        }

        using var git = System.Diagnostics.Process.Start(start)!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
        return output;
    }

    private static Task<HttpResponseMessage> ResolveAsync(OfficialJob job, string? token, params string[] actions)
    {
        var list = actions.Select(action => action.Split('@')).Select(parts => $$"""{"action":"{{parts[0]}}","version":"{{parts[1]}}","path":""}""");
        return job.PostAsync(
            new Uri(job.Launch, $"/actions/build/{job.PlanId}/jobs/{job.JobId}/runnerresolve/actions"),
            $$"""{"actions":[{{string.Join(',', list)}}]}""",
            TestEmulator.Token,
            token);
    }

    private static async Task<JsonObject> ResolvedAsync(OfficialJob job, params string[] actions)
    {
        using var answer = await ResolveAsync(job, null, actions);
        return (await OfficialRunner.ReadAsync(answer, TestEmulator.Token))["actions"]!.AsObject();
    }

    // As the runner does: Basic with the token of the reply; its handler drops it on the redirect.
    private static async Task<HttpResponseMessage> ArchiveAsync(TestEmulator emulator, JsonNode action, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, action[address]!.ToString());
        var token = action["authentication"]!["token"]!.ToString();
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("x-access-token:" + token)));
        return await emulator.Http.SendAsync(request, TestEmulator.Token);
    }

    private static async Task<List<string>> TarballAsync(TestEmulator emulator, JsonNode action)
    {
        using var answer = await ArchiveAsync(emulator, action, "tar_url");
        await using var gzip = new GZipStream(await answer.Content.ReadAsStreamAsync(TestEmulator.Token), CompressionMode.Decompress);
        await using var tar = new TarReader(gzip);
        var entries = new List<string>();
        while (await tar.GetNextEntryAsync(copyData: true, TestEmulator.Token) is { } entry)
        {
            if (entry.EntryType is not TarEntryType.GlobalExtendedAttributes)
            {
                entries.Add(entry.EntryType switch
                {
                    TarEntryType.SymbolicLink => $"{entry.Name}->{entry.LinkName}",
                    TarEntryType.Directory => entry.Name,
                    _ => $"{entry.Name}={await new StreamReader(entry.DataStream!).ReadToEndAsync(TestEmulator.Token)}",
                });
            }
        }

        return entries;
    }

    private static async Task<IEnumerable<string>> ZipAsync(TestEmulator emulator, JsonNode action)
    {
        using var answer = await ArchiveAsync(emulator, action, "zip_url");
        await using var zip = new ZipArchive(await answer.Content.ReadAsStreamAsync(TestEmulator.Token));
        return [.. zip.Entries.Select(entry => entry.FullName)];
    }
}
