using System.Collections.Frozen;

namespace Runner.Execution.Commands;

/// <summary>A workflow command found in a line of output.</summary>
/// <param name="Name">Name as written; names ignore case.</param>
/// <param name="Properties">Unescaped values by name, case ignored.</param>
/// <param name="Data">Unescaped text after the head.</param>
/// <param name="Line">The whole line as printed.</param>
internal sealed record WorkflowCommand(string Name, IReadOnlyDictionary<string, string> Properties, string Data, string Line)
{
    public static IReadOnlyDictionary<string, string> NoProperties { get; } = FrozenDictionary<string, string>.Empty;

    /// <summary>A property, or <c>null</c> where it is missing or empty.</summary>
    public string? Property(string name) => Properties.TryGetValue(name, out var value) && value.Length > 0 ? value : null;

    /// <summary>A property that the command cannot do without.</summary>
    /// <exception cref="CommandException">It is missing or empty.</exception>
    public string RequiredProperty(string name) =>
        Property(name) ?? throw new CommandException($"The property '{name}' is missing. Expected: ::{Name} {name}=…::{{value}}");
}

/// <summary>A workflow command could not be carried out. The message is for the workflow's author; the step fails at its end.</summary>
internal sealed class CommandException(string message) : Exception(message);
