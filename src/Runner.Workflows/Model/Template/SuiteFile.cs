using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Runner.Jobs;
using Runner.Jobs.Tokens;
using Runner.Workflows.Model.Calls;
using Runner.Workflows.Yaml;

namespace Runner.Workflows.Model.Template;

/// <summary>A file of GitHub's cross-language suite for workflow parsers: options, workflow, called workflows, expected result.</summary>
/// <param name="Options">First document, a mapping of option names.</param>
/// <param name="Workflow">Text of the workflow.</param>
/// <param name="Called">Reference → text of each called workflow.</param>
/// <param name="Expected">The expected JSON.</param>
public sealed record SuiteFile(MappingToken Options, string Workflow, ImmutableDictionary<string, string> Called, string Expected)
{
    private const string Separator = "\n---\n";

    /// <summary>Takes a suite's file apart; <c>null</c> where the text is none, but a workflow alone.</summary>
    public static SuiteFile? TryRead(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var documents = text.ReplaceLineEndings("\n").Split(Separator);
        return documents is [var options, var workflow, .. var called, var expected] && called.Length % 2 == 0 && IsResult(expected)
            && YamlReader.Read("options", options, file: 1, YamlLimits.Workflow).Root is MappingToken settings
                ? new SuiteFile(settings, workflow, Pairs(called), expected)
                : null;
    }

    /// <summary>The options of the file over those of the caller.</summary>
    public WorkflowReadOptions Apply(WorkflowReadOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with
        {
            Limits = options.Limits with
            {
                MaxCharacters = Number("max-file-size") ?? options.Limits.MaxCharacters,
                MaxDepth = Number("max-depth") ?? options.Limits.MaxDepth,
            },
            SkipsCalls = Options.Find("skip-reusable-workflows") is BooleanToken { Value: true } || options.SkipsCalls,
            HasStrictEvents = IsSkippedBy("C#") || options.HasStrictEvents,
            MaxBytes = Number("max-result-size") ?? options.MaxBytes,
            MaxJobs = Number("max-job-limit") ?? options.MaxJobs,
            MaxCallDepth = Number("max-nested-reusable-workflows-depth") ?? options.MaxCallDepth,
            MaxFiles = Number("max-files") ?? options.MaxFiles,
            Policy = Options.Find("permissions-policy")?.ToString() switch
            {
                "LimitedRead" => PermissionsPolicy.LimitedRead,
                "Write" => PermissionsPolicy.Write,
                _ => options.Policy,
            },
        };
    }

    /// <summary>Where the called workflows are.</summary>
    public IWorkflowSource Source => new WorkflowFiles(Called);

    /// <summary>How the expected result is printed.</summary>
    public TemplateForm Form => new()
    {
        IncludeSource = Options.Find("include-source") is BooleanToken { Value: true },
        IsPartialRerun = Options.Find("is-partial-rerun") is BooleanToken { Value: true },

        // A case that holds for the TypeScript parser alone shows what only that one gives.
        IncludeEvents = IsSkippedBy("C#") && IsSkippedBy("Go"),
    };

    private bool IsSkippedBy(string implementation) =>
        Options.Find("skip") is SequenceToken skipped && skipped.Items.Any(name => name.ToString() == implementation);

    private int? Number(string name) =>
        int.TryParse(Options.Find(name)?.ToString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static ImmutableDictionary<string, string> Pairs(string[] documents) => documents
        .Chunk(2)
        .GroupBy(pair => pair[0].Trim(), StringComparer.Ordinal)
        .ToImmutableDictionary(group => group.Key, group => group.First()[1], StringComparer.Ordinal);

    private static bool IsResult(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, JsonDepth.OfDocument);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
