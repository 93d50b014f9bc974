using System.Collections.Immutable;
using Runner.Jobs.Tokens;
using Runner.Workflows.Grammar;

namespace Runner.Workflows.Model.Triggers;

/// <summary>Makes the events of <c>on</c> from tokens that the grammar has checked.</summary>
internal static class TriggerReader
{
    private static readonly string[] Filters =
        ["branches", "branches-ignore", "tags", "tags-ignore", "paths", "paths-ignore", "workflows", "names", "versions"];

    /// <summary>The events in the order of the file.</summary>
    public static ImmutableArray<WorkflowTrigger> Read(TemplateToken on) => on switch
    {
        MappingToken events => [.. events.Entries.Select(entry => Read(entry.Key, entry.Value))],
        SequenceToken names => [.. names.Items.OfType<ScalarToken>().Select(name => Read(name, value: null))],
        _ => [Read(on, value: null)],
    };

    private static WorkflowTrigger Read(TemplateToken name, TemplateToken? value)
    {
        var settings = value as MappingToken;
        return new WorkflowTrigger(TextOf(name))
        {
            Position = name.Position,
            Types = Find("types") is { } types ? [.. Texts(types).Select(type => type.Value)] : default,
            Filters = [.. Filters.Select(key => (key, token: Find(key))).Where(filter => filter.token is not null)
                .Select(filter => new TriggerFilter(filter.key, filter.token?.Position, [.. Texts(filter.token)]))],
            Schedules = [.. (value as SequenceToken)?.Items.OfType<MappingToken>().Select(Schedule) ?? []],
            Inputs = [.. Definitions(settings, "inputs").Select(input => Input(input.Name, input.Definition) with { Position = input.Position })],
            Secrets = [.. Definitions(settings, "secrets").Select(secret => new SecretDefinition(secret.Name, IsRequired(secret.Definition)))],
            Outputs = [.. Definitions(settings, "outputs").Select(output => new OutputDefinition(output.Name, output.Definition?.Find("value")))],
        };

        // GitHub ignores what is no filter of the event.
        TemplateToken? Find(string key) => EventGrammar.HasFilter(TextOf(name), key) && settings?.Find(key) is { } token and not NullToken ? token : null;
    }

    private static TriggerSchedule Schedule(MappingToken time) => new(
        TextOf(time.Find("cron")), time.Find("timezone")?.ToString(), (time.Find("cron") ?? time).Position);

    private static InputDefinition Input(string name, MappingToken? definition) => new(
        name,
        definition?.Find("type")?.ToString() ?? "string",
        IsRequired(definition),
        definition?.Find("default") is var value and not NullToken ? value : null,
        [.. Texts(definition?.Find("options")).Select(option => option.Value)]);

    private static bool IsRequired(MappingToken? definition) => definition?.Find("required") is BooleanToken { Value: true };

    private static IEnumerable<(string Name, SourcePosition? Position, MappingToken? Definition)> Definitions(MappingToken? settings, string key) =>
        (settings?.Find(key) as MappingToken)?.Entries.Select(entry => (TextOf(entry.Key), entry.Key.Position, entry.Value as MappingToken)) ?? [];

    private static IEnumerable<StringToken> Texts(TemplateToken? token) => token switch
    {
        SequenceToken list => list.Items.OfType<ScalarToken>().Select(Text),
        ScalarToken one => [Text(one)],
        _ => [],
    };

    private static StringToken Text(ScalarToken token) => token as StringToken ?? new StringToken(TextOf(token)) { Position = token.Position };

    private static string TextOf(TemplateToken? token) => token?.ToString() ?? string.Empty;
}
