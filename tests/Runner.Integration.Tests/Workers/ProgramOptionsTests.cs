using System.Diagnostics;
using System.Text.RegularExpressions;
using Runner.Integration.Tests.Jobs;
using Runner.Testing;

namespace Runner.Integration.Tests.Workers;

/// <summary>
/// The program as it is published, which has been compiled ahead of time and packed into one file: of the options that its help names, one of each kind of
/// value is given. Switches have none. All options with all values are tried in one process by the tests of the command line.
/// </summary>
public sealed partial class ProgramOptionsTests : IDisposable
{
    private const int Bug = 70;
    private const string Nowhere = "203.0.113.1"; // no machine has it, so nothing that listens there runs for long

    private readonly TempFolder _folder = new();

    public ProgramOptionsTests()
    {
        Directory.CreateDirectory(_folder[".github/workflows"]);
        File.WriteAllText(_folder[".github/workflows/a.yml"], "on: push\njobs: {a: {runs-on: x, steps: [{run: id}]}}\n");
        File.WriteAllText(_folder["file"], "{}");
    }

    public static TheoryData<string> Commands =>
    [
        "push --dryrun", "agent --check", $"emulator serve --listen {Nowhere}", $"emulator queue .github/workflows/a.yml {Url}", $"emulator runs {Url}",
        $"emulator jobs 1 {Url}", $"emulator log 1 {Url}", $"emulator cancel 1 {Url}", "eval 1", "plan", "validate", "config show", "config validate",
    ];

    private const string Url = "--url http://127.0.0.1:1";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 300_000), MemberData(nameof(Commands))]
    public async Task Options_of_each_kind_of_a_command_are_taken(string command)
    {
        var program = Repository.Artifact("runner");
        var words = command.Split(' ');
        var (_, help) = await RunAsync(program, [.. words.TakeWhile(word => Lower().IsMatch(word) && word != "push"), "--help"]);
        var options = Option().Matches(help).Select(match => (Name: match.Groups["name"].Value, Value: match.Groups["value"].Value)).DistinctBy(option => option.Value).ToList();
        var taken = 0;
        await Parallel.ForEachAsync(options, new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token }, async (option, _) =>
        {
            var (code, output) = await RunAsync(program, [.. words, option.Name, Sample(option.Value)]);

            Assert.True(code != Bug && !output.Contains("this is a bug", StringComparison.Ordinal), $"{command} {option.Name}: {code}\n{output}");
            Interlocked.Increment(ref taken);
            Assert.DoesNotContain("unknown flag", output, StringComparison.Ordinal);
        });

        Assert.True(taken > 0 || command == "validate", help);
    }

    private string Sample(string kind) => kind switch
    {
        "URL" => "http://127.0.0.1:1",
        "FILE" => _folder["file"],
        "FOLDER" or "DIR" or "PATH" => _folder[""],
        "ADDRESS" => Nowhere,
        "OWNER/REPO=PATH" => $"a/b={_folder[""]}",
        _ when kind.Contains('=', StringComparison.Ordinal) => "a=b",
        _ when kind.Contains(':', StringComparison.Ordinal) => "a:b",
        _ => "1",
    };

    private async Task<(int Code, string Output)> RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = _folder[""],
        };
        start.Environment["HOME"] = _folder["home"];
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The program could not be started");
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(Token);
        var error = process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token);
        return (process.ExitCode, await output + await error);
    }

    [GeneratedRegex("^[a-z]+$")]
    private static partial Regex Lower();

    [GeneratedRegex("^  (-[A-Za-z?], )*(?<name>--[a-z-]+)( <(?<value>[^>]+)>)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Option();
}
