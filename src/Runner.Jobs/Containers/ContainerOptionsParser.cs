using System.Globalization;
using Runner.Jobs.Errors;

namespace Runner.Jobs.Containers;

/// <summary>Reads a container's <c>options</c>: what may stand behind <c>docker create</c>.</summary>
public static class ContainerOptionsParser
{
    /// <summary>The options of a text; <c>--name=value</c>, <c>--name value</c>, <c>-n value</c>, <c>-nvalue</c> and <c>--switch</c>.</summary>
    /// <param name="text">As in the workflow, evaluated; <c>null</c> or blank: none.</param>
    /// <param name="where">The key, for messages: <c>container.options</c>.</param>
    /// <exception cref="WorkflowException">An option is not Docker's, has no value or a wrong one.</exception>
    public static ContainerOptions Parse(string? text, string where)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return ContainerOptions.None;
        }

        var words = new Queue<string>(ShellWords.Split(text, where));
        var options = ContainerOptions.None;
        while (words.TryDequeue(out var word))
        {
            var option = ReadOne(word, words, where);
            options = option.Name.StartsWith("--health-", StringComparison.Ordinal) || option.Name == "--no-healthcheck"
                ? options with { Health = ReadHealth(options.Health ?? new HealthCheck(), option, where) }
                : options with { All = options.All.Add(option) };
        }

        return options;
    }

    private static ContainerOption ReadOne(string word, Queue<string> rest, string where)
    {
        if (word.Length < 2 || word[0] != '-')
        {
            throw new WorkflowException($"{where}: expected an option that starts with a dash, found '{word}'");
        }

        var isLong = word.StartsWith("--", StringComparison.Ordinal);
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var given = isLong ? (equals < 0 ? word : word[..equals]) : word[..2];
        var attached = isLong ? (equals < 0 ? null : word[(equals + 1)..]) : word.Length > 2 ? word[2..].TrimStart('=') : null;
        var name = DockerFlags.LongName(given);
        if (DockerFlags.IsSwitch(name))
        {
            return new ContainerOption(name, ReadSwitch(name, attached, where));
        }

        if (!DockerFlags.IsValued(name))
        {
            throw new WorkflowException($"{where}: '{given}' is no option of docker create{NearestName.Hint(given, DockerFlags.Names)}");
        }

        return attached is not null || rest.TryDequeue(out attached)
            ? new ContainerOption(name, attached)
            : throw new WorkflowException($"{where}: '{given}' has no value");
    }

    private static string ReadSwitch(string name, string? value, string where) => value?.ToLowerInvariant() switch
    {
        null or "true" or "1" or "t" => "true",
        "false" or "0" or "f" => "false",
        _ => throw new WorkflowException($"{where}: '{name}' must be true or false, not '{value}'"),
    };

    private static HealthCheck ReadHealth(HealthCheck health, ContainerOption option, string where) => option.Name switch
    {
        "--no-healthcheck" => health with { IsDisabled = option.Value == "true" },
        "--health-cmd" => health with { Command = option.Value },
        "--health-interval" => health with { Interval = DockerValues.Duration(option, where) },
        "--health-timeout" => health with { Timeout = DockerValues.Duration(option, where) },
        "--health-start-period" => health with { StartPeriod = DockerValues.Duration(option, where) },
        // More frequent checks while it starts: no backend of ours needs it to get the same result.
        "--health-start-interval" => health,
        _ => int.TryParse(option.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var retries)
            ? health with { Retries = retries == 0 ? null : retries }
            : throw new WorkflowException($"{where}: '{option.Name}' must be a whole number, not '{option.Value}'"),
    };
}
