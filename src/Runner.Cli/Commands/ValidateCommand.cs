using System.Collections.Immutable;
using System.CommandLine;
using Runner.Cli.CommandLine;
using Runner.Cli.Rendering;
using Runner.Workflows.Diagnostics;

namespace Runner.Cli.Commands;

/// <summary><c>runner validate</c>: everything that is wrong with workflow and action files, or what they convert to.</summary>
internal sealed class ValidateCommand(CliSurroundings surroundings)
{
    private readonly Argument<string[]> _paths = new("paths")
    {
        Description = "Files and folders. Default: .github/workflows, and the action.yml files of the checkout.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object for each problem, one a line." };

    private readonly Option<bool> _strict = new("--strict")
    {
        Description = "Take warnings for problems: what GitHub lets pass in 'on' though it does nothing there.",
    };

    private readonly Option<bool> _verbose = new("--verbose", "-v")
    {
        Description = "Also tell of right keys for which a local run does something else than GitHub's service, such as concurrency.",
    };

    private readonly Option<bool> _template = new("--template")
    {
        Description = "Print for each file one line of JSON, as GitHub's own workflow parser gives it: the converted workflow, or the errors.",
    };

    private readonly TemplateFlags _flags = new();

    public static Command Build(CliSurroundings surroundings)
    {
        var validate = new ValidateCommand(surroundings);
        var command = new Command("validate", "Check workflow and action files.") { validate._paths, validate._json, validate._strict, validate._verbose, validate._template };
        validate._flags.AddTo(command);
        command.SetAction(validate.RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult result, CancellationToken cancellationToken)
    {
        var paths = result.GetValue(_paths) ?? [];
        return result.GetValue(_template)
            ? await PrintTemplatesAsync(result, paths, cancellationToken)
            : await ValidateAsync(paths, result, cancellationToken);
    }

    private async Task<int> PrintTemplatesAsync(ParseResult result, string[] paths, CancellationToken cancellationToken)
    {
        var conversion = _flags.Read(result);
        var code = ExitCodes.Success;
        foreach (var file in ValidatedFiles.Find(paths).Where(file => !file.IsAction))
        {
            var (json, isValid) = await conversion.ConvertAsync(file.Path, file.Read(), cancellationToken);
            await surroundings.Out.WriteLineAsync(json.ToJsonString(JsonLines.Options));
            code = isValid ? code : ExitCodes.Usage;
        }

        return code;
    }

    private async Task<int> ValidateAsync(string[] paths, ParseResult result, CancellationToken cancellationToken)
    {
        var (isJson, isStrict, isVerbose) = (result.GetValue(_json), result.GetValue(_strict), result.GetValue(_verbose));
        var (files, problems, warnings) = (0, 0, 0);
        foreach (var file in ValidatedFiles.Find(paths))
        {
            files++;
            var found = await file.CheckAsync(cancellationToken);
            problems += found.Problems.Length + (isStrict ? found.Warnings.Length : 0);
            warnings += isStrict ? 0 : found.Warnings.Length;
            await WriteAsync(found.Problems, Severity.Error, isJson);
            await WriteAsync(found.Warnings, isStrict ? Severity.Error : Severity.Warning, isJson);
            await WriteAsync([.. found.Notes.Where(note => isVerbose || !note.IsEmulation)], Severity.Note, isJson);
        }

        if (!isJson)
        {
            await surroundings.Error.WriteLineAsync(files == 0
                ? "runner: no workflow or action files found; name them, or run this in a checkout with .github/workflows"
                : $"{files} file(s), {problems} problem(s){(warnings == 0 ? string.Empty : $", {warnings} warning(s)")}");
        }

        return problems == 0 && files > 0 ? ExitCodes.Success : ExitCodes.Usage;
    }

    private async Task WriteAsync(ImmutableArray<Diagnostic> diagnostics, Severity severity, bool isJson)
    {
        foreach (var diagnostic in diagnostics)
        {
            await surroundings.Out.WriteLineAsync(isJson
                ? DiagnosticText.Json(diagnostic, severity).ToJsonString(JsonLines.Options)
                : DiagnosticText.Line(diagnostic, severity));
        }
    }
}
