using System.CommandLine;
using System.Text.Json;
using Runner.Cli.CommandLine;
using Runner.Execution.Contexts;
using Runner.Expressions.Values;
using Runner.Jobs;
using Runner.Jobs.Errors;

namespace Runner.Cli.Commands;

/// <summary><c>runner eval</c>: evaluates expressions with the parser and evaluator that jobs use.</summary>
internal sealed class EvalCommand(CliSurroundings surroundings)
{
    private readonly Argument<string?> _expression = new("expression")
    {
        Description = "The expression, with or without ${{ }}.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string?> _contexts = new("--contexts")
    {
        Description = "JSON file with the contexts: {\"github\": {…}, …}. An expression may name no others.",
        HelpName = "FILE",
    };

    private readonly Option<string> _status = new("--status")
    {
        Description = "How the steps before have ended, for success(), failure() and cancelled(): success, failure or cancelled.",
        HelpName = "STATUS",
        DefaultValueFactory = _ => "success",
    };

    private readonly Option<bool> _json = new("--json")
    {
        Description = "Print {\"kind\":…,\"value\":…}, or {\"err\":{\"kind\":…,\"value\":…}}, as GitHub's test vectors do.",
    };

    private readonly Option<bool> _batch = new("--batch")
    {
        Description = "Read cases from standard input, one JSON object a line: {\"expr\":…,\"contexts\":{…}}. Prints one line of JSON for each.",
    };

    public static Command Build(CliSurroundings surroundings)
    {
        var eval = new EvalCommand(surroundings);
        var command = new Command("eval", "Evaluate an expression.") { eval._expression, eval._contexts, eval._status, eval._json, eval._batch };
        eval._status.AcceptOnlyFromAmong("success", "failure", "cancelled");
        command.SetAction(eval.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var contexts = result.GetValue(_contexts) is { } file ? ReadContexts(file) : ExpressionCase.NoContexts;
        var folder = surroundings.WorkingFolder;
        var functions = WorkspaceFunctions.Of(result.GetRequiredValue(_status), folder, surroundings.Variable("HOME"), TimeProvider.System);
        if (result.GetValue(_batch))
        {
            await RunBatchAsync(contexts, functions, cancellationToken);
            return ExitCodes.Success;
        }

        var text = result.GetValue(_expression)
            ?? throw new WorkflowException("runner: 'runner eval' needs an expression, or --batch; see 'runner eval --help'");
        var answer = new ExpressionCase(Unwrap(text), contexts, functions).Evaluate();
        await surroundings.Out.WriteLineAsync(result.GetValue(_json) ? answer.ToJson() : answer.ToText());
        return answer.Error is null ? ExitCodes.Success : ExitCodes.Usage;
    }

    private async Task RunBatchAsync(
        IReadOnlyDictionary<string, Value> contexts, IReadOnlyDictionary<string, Func<IReadOnlyList<Value>, Value>> functions, CancellationToken cancellationToken)
    {
        while (await surroundings.In.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                await surroundings.Out.WriteLineAsync(ExpressionCase.EvaluateLine(line, contexts, functions).ToJson());
            }
        }
    }

    // What stands in a workflow file may be pasted as it is.
    private static string Unwrap(string text)
    {
        var trimmed = text.Trim();
        return trimmed.StartsWith("${{", StringComparison.Ordinal) && trimmed.EndsWith("}}", StringComparison.Ordinal) ? trimmed[3..^2].Trim() : text;
    }

    private static IReadOnlyDictionary<string, Value> ReadContexts(string file)
    {
        var text = string.Empty;
        try
        {
            text = GivenFile.ReadText(file);
            using var document = JsonDocument.Parse(text, JsonDepth.OfDocument);
            return ExpressionCase.ReadContexts(document.RootElement);
        }
        catch (JsonException error) when (error.LineNumber is not null)
        {
            throw new WorkflowException($"runner: --contexts: {JsonProblem.Of(file, text, error)}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new WorkflowException($"runner: --contexts: '{file}' cannot be read: {error.Message}", error);
        }
    }
}
