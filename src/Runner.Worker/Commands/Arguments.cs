namespace Runner.Worker.Commands;

/// <summary>The options of a command, each a name and a value.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    private Arguments()
    {
    }

    /// <summary>The value of an option that must be there.</summary>
    public string this[string name] => _values[name];

    /// <summary>Reads what follows the command's name.</summary>
    /// <param name="args">All arguments; the first is the command.</param>
    /// <param name="required">Options that must be there.</param>
    /// <param name="optional">Options that may be there.</param>
    /// <exception cref="UsageException">An option is unknown, missing or has no value.</exception>
    public static Arguments Parse(ReadOnlySpan<string> args, string[] required, string[] optional)
    {
        var arguments = new Arguments();
        for (var i = 1; i < args.Length; i += 2)
        {
            var name = args[i];
            if (!required.Contains(name) && !optional.Contains(name))
            {
                throw new UsageException($"unknown option '{name}'; expected {string.Join(", ", required.Concat(optional))}");
            }

            if (i + 1 == args.Length)
            {
                throw new UsageException($"option '{name}' has no value");
            }

            arguments._values[name] = args[i + 1];
        }

        return required.FirstOrDefault(name => !arguments._values.ContainsKey(name)) is { } missing
            ? throw new UsageException($"option '{missing}' is missing")
            : arguments;
    }

    /// <summary>The value of an option, or <c>null</c>.</summary>
    public string? Find(string name) => _values.GetValueOrDefault(name);
}

/// <summary>The worker was called wrongly.</summary>
internal sealed class UsageException(string message) : Exception(message);
