using Runner.Execution.Scopes;
using Runner.Expressions.Values;
using Runner.Jobs.Messages;

namespace Runner.Execution.Contexts;

/// <summary>The <c>runner</c> context, and the <c>RUNNER_…</c> variables made from it.</summary>
internal static class RunnerContext
{
    /// <summary>Makes the context.</summary>
    public static ObjectValue Create(JobScope job)
    {
        var members = new List<KeyValuePair<string, Value>>
        {
            Text("os", job.Host.OperatingSystem),
            Text("arch", job.Host.Architecture),
            Text("name", job.Payload.Runner.Name),
            Text("environment", job.Message.Variable(JobVariables.RunnerEnvironment) is { Length: > 0 } kind ? kind : "self-hosted"),
            Text("temp", job.Paths.Temp),
            Text("tool_cache", job.Paths.ToolCache),
            Text("workspace", Path.GetDirectoryName(job.Paths.Workspace.TrimEnd('/')) ?? "/"),
        };
        if (job.IsDebug)
        {
            members.Add(Text("debug", "1"));
        }

        return new ObjectValue(members);
    }

    /// <summary>The variables of every step.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Variables(ObjectValue context) =>
        context.Entries.Select(member => KeyValuePair.Create("RUNNER_" + member.Key.ToUpperInvariant(), member.Value.ToText()));

    private static KeyValuePair<string, Value> Text(string name, string value) => new(name, new StringValue(value));
}
