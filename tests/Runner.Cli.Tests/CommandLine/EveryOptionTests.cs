using System.CommandLine;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;
using Runner.Testing;

namespace Runner.Cli.Tests.CommandLine;

/// <summary>Every option of every command, with values that people and scripts write: each is right, or a mistake that is told.</summary>
public sealed class EveryOptionTests : IDisposable
{
    // Nothing listens there, and no machine has the address: whatever would run for long ends at its first call.
    private const string Nowhere = "203.0.113.1";

    private static readonly string[] Values =
        ["", "=", "a=", ":", "-1", "99999999999999999999", "/no/such/file", "https://x:99999", "{\n"];

    private readonly TempFolder _folder = new();

    public EveryOptionTests()
    {
        Directory.CreateDirectory(_folder[".github/workflows"]);
        File.WriteAllText(_folder[".github/workflows/a.yml"], "on: push\njobs: {a: {runs-on: x, steps: [{run: id}]}}\n");
    }

    public static TheoryData<string, string> Options => [.. All().Select(pair => new TheoryDataRow<string, string>(string.Join(' ', pair.Path), pair.Option))];

    public void Dispose() => _folder.Dispose();

    [Theory(Timeout = 120_000), MemberData(nameof(Options))]
    public async Task No_value_of_an_option_is_taken_for_a_bug(string command, string option)
    {
        foreach (var value in Values)
        {
            // A bug leaves as the exception that it is.
            var result = await Cli.RunAsync(new Dictionary<string, string> { ["HOME"] = _folder["home"], ["PATH"] = "/usr/bin:/bin" }, _folder[""], Arguments(command, option, value));

            Assert.NotEqual(ExitCodes.Bug, result.Code);
        }
    }

    [Theory(Timeout = 120_000), MemberData(nameof(Options))]
    public async Task Value_of_another_type_is_told_in_words(string command, string option)
    {
        var result = await Cli.RunAsync(new Dictionary<string, string> { ["HOME"] = _folder["home"], ["PATH"] = "/usr/bin:/bin" }, _folder[""], Arguments(command, option, "x y"));

        Assert.DoesNotContain("System.", result.Error, StringComparison.Ordinal);
    }

    private static string[] Arguments(string command, string option, string value)
    {
        string[] path = command.Length == 0 ? [] : command.Split(' ');
        string[] given = value.Length == 0 || value.StartsWith('-') ? [$"{option}={value}"] : [option, value];
        return command switch
        {
            "" => [.. path, "push", "--dryrun", .. given],
            "agent" => [.. path, "--check", .. given],
            "emulator serve" => option is "--listen" or "--port"
                ? [.. path, .. given, "--also-listen", $"http://{Nowhere}:1"]
                : [.. path, "--listen", Nowhere, .. given],
            "emulator queue" => [.. path, ".github/workflows/a.yml", .. Url(option), .. given],
            "emulator log" or "emulator jobs" or "emulator cancel" => [.. path, "1", .. Url(option), .. given],
            "emulator token" or "emulator jitconfig" or "emulator runner token" or "emulator runner jitconfig" => [.. path, "acme", .. Url(option), .. given],
            "completion" => [.. path, "bash", .. given],
            "eval" => [.. path, "1", .. given],
            _ => [.. path, .. path is ["emulator", ..] ? Url(option) : [], .. given],
        };
    }

    private static string[] Url(string option) => option == "--url" ? [] : ["--url", $"http://127.0.0.1:1"];

    // Switches take no value; help and version end the program before anything is read.
    private static IEnumerable<(string[] Path, string Option)> All()
    {
        var surroundings = new CliSurroundings { Out = TextWriter.Null, Error = TextWriter.Null, Environment = new Dictionary<string, string>(), ProgramFolder = AppContext.BaseDirectory };
        return Walk(RunnerCommandLine.Build(surroundings), []);

        static IEnumerable<(string[], string)> Walk(Command command, string[] path) =>
        [
            .. command.Options.Where(option => option.ValueType != typeof(bool) && option.Name != RunFlags.ConfigName).Select(option => (path, option.Name)),
            .. command.Subcommands.SelectMany(sub => Walk(sub, [.. path, sub.Name])),
        ];
    }
}
