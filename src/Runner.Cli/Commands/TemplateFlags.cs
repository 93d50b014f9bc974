using System.CommandLine;
using System.Text.Json.Nodes;
using Runner.Jobs.Errors;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Calls;
using Runner.Workflows.Model.Template;

namespace Runner.Cli.Commands;

/// <summary>Flags of <c>runner validate --template</c>: the options that a file of GitHub's suite for workflow parsers has.</summary>
internal sealed class TemplateFlags
{
    private readonly Option<string[]> _files = new("--file") { Description = "Text of a called workflow. May be repeated.", HelpName = "REF=PATH" };
    private readonly Option<bool> _source = new("--include-source") { Description = "Print file, line and column of everything." };
    private readonly Option<bool> _events = new("--include-events") { Description = "Print 'on', as GitHub's TypeScript parser does." };
    private readonly Option<bool> _rerun = new("--is-partial-rerun") { Description = "Sort the table of files, as GitHub does when jobs are run again." };
    private readonly Option<bool> _anchors = new("--allow-anchors") { Description = "Accept YAML anchors, which GitHub's suite has switched off." };
    private readonly Option<int?> _fileSize = new("--max-file-size") { Description = "Most characters of a file.", HelpName = "N" };
    private readonly Option<int?> _resultSize = new("--max-result-size") { Description = "Most bytes of all files as tokens.", HelpName = "N" };
    private readonly Option<int?> _jobs = new("--max-job-limit") { Description = "Most jobs of all files.", HelpName = "N" };
    private readonly Option<int?> _depth = new("--max-nested-reusable-workflows-depth") { Description = "How deep calls may be nested.", HelpName = "N" };
    private readonly Option<int?> _nesting = new("--max-depth") { Description = "Most collections of a file in one another.", HelpName = "N" };
    private readonly Option<bool> _skipCalls = new("--skip-reusable-workflows") { Description = "Leave the workflows unread that jobs call." };
    private readonly Option<PermissionsPolicy?> _policy = new("--permissions-policy") { Description = "What tokens may do by default: Write or LimitedRead." };
    private readonly Option<string[]> _features = new("--experimental-features")
    {
        Description = "Accepted for the suite's sake: all features of the language are on.",
        HelpName = "NAME",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_files, _source, _events, _rerun, _anchors, _fileSize, _resultSize, _jobs, _depth, _nesting, _skipCalls, _policy, _features])
        {
            command.Add(option);
        }
    }

    /// <exception cref="WorkflowException">A flag has no proper value.</exception>
    public TemplateConversion Read(ParseResult result)
    {
        var defaults = WorkflowReadOptions.Default;
        return new TemplateConversion(
            defaults with
            {
                StopsAsGitHub = true,
                Limits = defaults.Limits with
                {
                    AllowsAnchors = result.GetValue(_anchors),
                    MaxCharacters = result.GetValue(_fileSize) ?? defaults.Limits.MaxCharacters,
                    MaxDepth = result.GetValue(_nesting) ?? defaults.Limits.MaxDepth,
                },
                MaxBytes = result.GetValue(_resultSize) ?? defaults.MaxBytes,
                MaxJobs = result.GetValue(_jobs) ?? defaults.MaxJobs,
                MaxCallDepth = result.GetValue(_depth) ?? defaults.MaxCallDepth,
                SkipsCalls = result.GetValue(_skipCalls),
                HasStrictEvents = result.GetValue(_events),
                Policy = result.GetValue(_policy) ?? defaults.Policy,
            },
            new TemplateForm
            {
                IncludeSource = result.GetValue(_source),
                IncludeEvents = result.GetValue(_events),
                IsPartialRerun = result.GetValue(_rerun),
            },
            new WorkflowFiles(Called(result.GetValue(_files) ?? [])));
    }

    private static Dictionary<string, string> Called(string[] files)
    {
        var called = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in files)
        {
            if (file.Split('=', 2) is not [{ Length: > 0 } reference, { Length: > 0 } path])
            {
                throw new WorkflowException($"runner: --file: '{file}' was found, expected REF=PATH");
            }

            called[reference] = File.Exists(path) ? QueuedWorkflow.ReadFile("runner: --file:", path) : throw new WorkflowException($"runner: --file: '{path}' does not exist");
        }

        return called;
    }
}

/// <summary>Converts workflows as GitHub's parser does. A file of its suite brings its own options and called workflows.</summary>
internal sealed record TemplateConversion(WorkflowReadOptions Options, TemplateForm Form, IWorkflowSource Source)
{
    /// <summary>The JSON, and whether the workflow is valid.</summary>
    public async Task<(JsonObject Json, bool IsValid)> ConvertAsync(string path, string text, CancellationToken cancellationToken)
    {
        var name = $".github/workflows/{Path.GetFileName(path)}";
        var suite = SuiteFile.TryRead(text);
        var reading = suite is null
            ? await WorkflowFile.ReadWithCallsAsync(name, text, Source, Options, cancellationToken)
            : await WorkflowFile.ReadWithCallsAsync(name, suite.Workflow, suite.Source, suite.Apply(Options), cancellationToken);
        return (WorkflowTemplate.ToJson(reading, suite?.Form ?? Form), reading.Workflow is not null);
    }
}
