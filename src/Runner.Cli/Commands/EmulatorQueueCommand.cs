using System.CommandLine;
using System.Text.Json;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;
using Runner.Emulator.Console;
using Runner.Emulator.Runs;
using Runner.Jobs;
using Runner.Jobs.Errors;
using Runner.Jobs.Outcomes;

namespace Runner.Cli.Commands;

/// <summary><c>runner emulator queue</c>.</summary>
internal sealed class EmulatorQueueCommand
{
    private readonly EmulatorUrl _emulator = new();
    private readonly Argument<string> _file = new("workflow") { Description = "The workflow file." };
    private readonly Option<string> _event = new("--event", "-e") { Description = "Name of the event.", DefaultValueFactory = _ => "push", HelpName = "NAME" };
    private readonly Option<string?> _payload = new("--eventpath") { Description = "File of the event's payload, JSON.", HelpName = "FILE" };
    private readonly Option<string[]> _secrets = new("--secret", "-s") { Description = "A secret; without a value it is taken from the environment. May be repeated.", HelpName = "NAME[=VALUE]", Validators = { RunFlags.HasNames } };
    private readonly Option<string[]> _variables = new("--var") { Description = "A variable of the vars context. May be repeated.", HelpName = "NAME=VALUE", Validators = { RunFlags.HasNames } };
    private readonly Option<string[]> _inputs = new("--input") { Description = "An input. May be repeated.", HelpName = "NAME=VALUE", Validators = { RunFlags.HasNames } };
    private readonly Option<string> _ref = new("--ref") { Description = "Branch or full ref of the event.", DefaultValueFactory = _ => "refs/heads/main", HelpName = "REF" };
    private readonly Option<string?> _sha = new("--sha") { Description = "Commit of the event. Default: 40 zeros.", HelpName = "COMMIT" };
    private readonly Option<string?> _repository = new("--repository") { Description = "The repository. Default: emulator/workflow.", HelpName = "OWNER/REPO" };
    private readonly Option<string?> _actor = new("--actor", "-a") { Description = "Who starts the run. Default: emulator.", HelpName = "NAME" };
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Show the run as it goes; exit code 1 where a job failed." };

    public static Command Build(CliSurroundings surroundings)
    {
        var queue = new EmulatorQueueCommand();
        var command = new Command("queue", "Queue a workflow.")
        {
            queue._file, queue._event, queue._payload, queue._secrets, queue._variables, queue._inputs,
            queue._ref, queue._sha, queue._repository, queue._actor, queue._follow,
        };
        queue._emulator.AddTo(command);
        command.SetAction((result, cancellationToken) => queue.RunAsync(result, surroundings, cancellationToken));
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, CliSurroundings surroundings, CancellationToken cancellationToken)
    {
        var request = Request(result, surroundings);
        using var emulator = _emulator.Connect(result, surroundings);
        var run = await emulator.Client.QueueAsync(request, cancellationToken);
        if (!result.GetValue(_follow))
        {
            await surroundings.Out.WriteLineAsync($"run {run.Id}: {run.Name} queued with {run.Jobs.Length} job(s); see 'runner emulator jobs {run.Id}'");
            return ExitCodes.Success;
        }

        var console = new EmulatorConsole(emulator.Client, surroundings.Out, surroundings.UseColors);
        return await console.FollowRunAsync(run.Id, cancellationToken) is Conclusion.Succeeded or Conclusion.SucceededWithIssues or Conclusion.Skipped
            ? ExitCodes.Success
            : ExitCodes.JobFailed;
    }

    private WorkflowRequest Request(ParseResult result, CliSurroundings surroundings)
    {
        var file = result.GetRequiredValue(_file);
        var inputs = Pairs("--input", result.GetValue(_inputs));
        var name = result.GetRequiredValue(_ref);
        var workflow = QueuedWorkflow.Read(file);
        foreach (var (path, problem) in workflow.Problems)
        {
            surroundings.Error.WriteLine($"{path}: {problem}; it is left out");
        }

        var defaults = new WorkflowRequest { Workflow = workflow.Text };
        return defaults with
        {
            Path = workflow.Path,
            Files = workflow.Others,
            Ref = name.StartsWith("refs/", StringComparison.Ordinal) ? name : "refs/heads/" + name,
            Sha = result.GetValue(_sha) ?? defaults.Sha,
            Repository = result.GetValue(_repository) ?? defaults.Repository,
            Actor = result.GetValue(_actor) ?? defaults.Actor,
            Event = result.GetRequiredValue(_event),
            Payload = result.GetValue(_payload) is { } payload ? ReadJson(payload) : null,
            Secrets = Secrets(result.GetValue(_secrets) ?? [], surroundings),
            Vars = Pairs("--var", result.GetValue(_variables)),
            Inputs = inputs.Count == 0 ? null : inputs.ToDictionary(input => input.Key, input => JsonSerializer.SerializeToElement(input.Value)),
        };
    }

    private static JsonElement ReadJson(string path)
    {
        var text = QueuedWorkflow.ReadFile("--eventpath:", path);
        try
        {
            using var document = JsonDocument.Parse(text, JsonDepth.OfDocument);
            return JsonDepth.IsWithin(document.RootElement)
                ? document.RootElement.Clone()
                : throw new WorkflowException($"--eventpath: '{path}' is nested deeper than {JsonDepth.MaxData} levels");
        }
        catch (JsonException error)
        {
            throw new WorkflowException($"--eventpath: {JsonProblem.Of(path, text, error)}", error);
        }
    }

    private static Dictionary<string, string> Secrets(IEnumerable<string> texts, CliSurroundings surroundings) => LastOfEach(texts
        .Select(text => text.Split('=', 2))
        .Select(parts => KeyValuePair.Create(parts[0], parts is [_, var value]
            ? value
            : surroundings.Variable(parts[0]) ?? throw new OperatorException($"--secret: '{parts[0]}' has no value, and the environment has no variable of that name"))));

    private static Dictionary<string, string> Pairs(string flag, IEnumerable<string>? texts) => LastOfEach((texts ?? [])
        .Select(text => text.Split('=', 2) is [var name, var value]
            ? KeyValuePair.Create(name, value)
            : throw new OperatorException($"{flag}: '{text}' has no value, expected NAME=VALUE")));

    // As flags of local runs: what is said last counts.
    private static Dictionary<string, string> LastOfEach(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var last = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in pairs)
        {
            last[name] = value;
        }

        return last;
    }
}
