using System.Collections.Immutable;
using Runner.Backends;
using Runner.Jobs.Errors;
using Runner.Jobs.Tokens;

namespace Runner.Kubernetes.Pods;

/// <summary>A job's <c>container:</c> as far as the pod builder honours it (<c>job-message.md</c> section 8.3).</summary>
internal sealed record JobContainer
{
    /// <summary>Image of the job container.</summary>
    public required string Image { get; init; }

    /// <summary>Variables that steps see.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>
    /// Reads the job's container; <c>null</c> where it has none, or one with an empty image, which is the same to GitHub.
    /// </summary>
    /// <exception cref="WorkflowException">It has parts that a pod of ours cannot honour yet, or services.</exception>
    public static JobContainer? Of(JobLaunch launch)
    {
        if (launch.Job.JobServiceContainers is MappingToken { Entries: [var service, ..] })
        {
            throw new WorkflowException($"services: this version cannot run service containers yet (the job asks for '{service.Key}')");
        }

        return launch.Job.JobContainer switch
        {
            null or NullToken => null,
            MappingToken mapping => FromMapping(mapping),
            var token => FromImage(token, "container"),
        };
    }

    private static JobContainer? FromMapping(MappingToken mapping)
    {
        if (mapping.Find("image") is not { } image || FromImage(image, "container.image") is not { } container)
        {
            return null;
        }

        foreach (var (key, value) in mapping.Entries)
        {
            switch (key.ToString().ToLowerInvariant())
            {
                case "image":
                    break;
                case "env":
                    container = container with { Environment = ReadEnvironment(value) };
                    break;
                case "options" or "ports" or "volumes" or "credentials" when !IsEmpty(value):
                    throw new WorkflowException(
                        $"container.{key}: this version cannot honour it yet in a pod; only image and env are", value.Position);
            }
        }

        return container;
    }

    private static JobContainer? FromImage(TemplateToken token, string name)
    {
        var image = Literal(token, name).Trim();
        const string scheme = "docker://";
        image = image.StartsWith(scheme, StringComparison.Ordinal) ? image[scheme.Length..] : image;
        return image.Length == 0 ? null : new JobContainer { Image = image };
    }

    private static ImmutableSortedDictionary<string, string> ReadEnvironment(TemplateToken token) => token switch
    {
        NullToken => ImmutableSortedDictionary<string, string>.Empty,
        MappingToken mapping => mapping.Entries.ToImmutableSortedDictionary(
            entry => Literal(entry.Key, "container.env"),
            entry => Literal(entry.Value, $"container.env.{entry.Key}"),
            StringComparer.Ordinal),
        _ => throw new WorkflowException("container.env: expected a mapping of names to values", token.Position),
    };

    // The agent decides on the image before there is a worker, and the expression language lives with the worker.
    private static string Literal(TemplateToken token, string name) => token switch
    {
        StringToken or BooleanToken or NumberToken or NullToken => token.ToString() ?? string.Empty,
        ExpressionToken => throw new WorkflowException(
            $"{name}: this version cannot evaluate '{token}' here yet; write the value itself", token.Position),
        _ => throw new WorkflowException($"{name}: expected a text", token.Position),
    };

    private static bool IsEmpty(TemplateToken token) =>
        token is NullToken or StringToken { Value: "" } or SequenceToken { Items.Length: 0 } or MappingToken { Entries.Length: 0 };
}
