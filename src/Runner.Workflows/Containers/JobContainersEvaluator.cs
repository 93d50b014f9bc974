using System.Collections.Immutable;
using Runner.Expressions.Values;
using Runner.Jobs.Containers;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;
using Runner.Workflows.Templates;

namespace Runner.Workflows.Containers;

/// <summary>
/// Evaluates a job's <c>container</c> and <c>services</c> before the job is launched, for who launches it must know them. Pure.
/// </summary>
/// <remarks>
/// GitHub evaluates them on the runner; what its schema lets them use (<c>job-message.md</c> section 8.2) is all in the message but for the
/// <c>runner</c> and <c>job</c> contexts in <c>env</c> values: of <c>runner</c> there is <c>os</c>, the rest is null here.
/// </remarks>
public static class JobContainersEvaluator
{
    /// <summary>What the job asks for.</summary>
    /// <exception cref="WorkflowException">A value is not valid.</exception>
    public static JobContainers Evaluate(JobMessage job)
    {
        ArgumentNullException.ThrowIfNull(job);
        if (job.JobContainer is null or NullToken && job.JobServiceContainers is null or NullToken)
        {
            return JobContainers.None;
        }

        var evaluator = new TemplateEvaluator(LaunchContexts.Of(job), job.FileTable);
        return new JobContainers
        {
            Job = Read("container", evaluator.Evaluate(job.JobContainer)),
            Services = job.JobServiceContainers is null or NullToken
                ? []
                : [.. evaluator.EvaluateEntries(job.JobServiceContainers).SelectMany(service => ReadService(service.Key, service.Value))],
        };
    }

    // A service whose image is empty is left out, as one that a matrix switches off.
    private static IEnumerable<ServiceContainer> ReadService(string name, Value value) =>
        Read($"services.{name}", value) is { } container ? [new ServiceContainer(name, container)] : [];

    private static JobContainer? Read(string where, Value value) => value switch
    {
        NullValue => null,
        ObjectValue mapping => ReadMapping(where, mapping),
        _ => WithImage(value.ToText()),
    };

    private static JobContainer? WithImage(string image) =>
        ImageName.Clean(image) is { Length: > 0 } name ? new JobContainer { Image = name } : null;

    private static JobContainer? ReadMapping(string where, ObjectValue mapping)
    {
        if (WithImage(Text(mapping, "image") ?? string.Empty) is not { } container)
        {
            return null;
        }

        return container with
        {
            Environment = Pairs(mapping, "env", where),
            Ports = [.. Texts(mapping, "ports").SelectMany(port => PortMapping.Parse(port, $"{where}.ports"))],
            Volumes = [.. Texts(mapping, "volumes").Select(volume => VolumeMapping.Parse(volume, $"{where}.volumes"))],
            Options = ContainerOptionsParser.Parse(Text(mapping, "options"), $"{where}.options"),
            Credentials = ReadCredentials(mapping, where),
            Entrypoint = Text(mapping, "entrypoint") is { Length: > 0 } entrypoint ? entrypoint : null,
            Command = [.. ShellWords.Split(Text(mapping, "command") ?? string.Empty, $"{where}.command")],
        };
    }

    private static RegistryCredentials? ReadCredentials(ObjectValue mapping, string where)
    {
        var values = Pairs(mapping, "credentials", where);
        if (values.IsEmpty)
        {
            return null;
        }

        string Need(string name) => values.FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value is { Length: > 0 } value
            ? value
            : throw new WorkflowException($"{where}.credentials: '{name}' is missing or empty; both username and password are needed");
        return new RegistryCredentials(Need("username"), Need("password"));
    }

    private static string? Text(ObjectValue mapping, string name) => mapping.TryGet(name, out var value) ? value.ToText() : null;

    private static IEnumerable<string> Texts(ObjectValue mapping, string name) => !mapping.TryGet(name, out var value) ? [] : value switch
    {
        NullValue => [],
        ArrayValue items => items.Items.Select(item => item.ToText()),
        _ => [value.ToText()],
    };

    private static ImmutableArray<KeyValuePair<string, string>> Pairs(ObjectValue mapping, string name, string where) =>
        !mapping.TryGet(name, out var value) ? [] : value switch
        {
            NullValue => [],
            ObjectValue pairs => [.. pairs.Entries.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.ToText()))],
            _ => throw new WorkflowException($"{where}.{name}: expected a mapping of names to values"),
        };
}
