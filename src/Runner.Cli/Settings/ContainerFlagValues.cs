using System.Collections.Immutable;
using Runner.Jobs.Containers;

namespace Runner.Cli.Settings;

/// <summary>What act's flags for containers say.</summary>
internal sealed record ContainerFlagValues
{
    private const string NoSocket = "-";
    private const string OptionsFlag = "--container-options";

    public bool Pulls { get; init; }

    public bool IsPrivileged { get; init; }

    public string? UserNamespace { get; init; }

    public ImmutableArray<string> CapAdd { get; init; } = [];

    public ImmutableArray<string> CapDrop { get; init; } = [];

    public string? Architecture { get; init; }

    /// <summary>Engine's socket that jobs get, as written.</summary>
    public string? Socket { get; init; }

    public string? Options { get; init; }

    public string? Network { get; init; }

    /// <summary>Those of the flags that are written.</summary>
    public ImmutableArray<string> Written { get; init; } = [];

    /// <summary>Path of the engine's socket that jobs get, or <c>null</c>: none.</summary>
    public string? SocketPath => Socket switch
    {
        null or NoSocket => null,
        var address => Uri.TryCreate(address, UriKind.Absolute, out var parsed) && parsed.Scheme == "unix" ? parsed.AbsolutePath : address,
    };

    /// <summary>The flags that are options of <c>docker create</c>, together.</summary>
    /// <exception cref="Jobs.Errors.WorkflowException">One cannot be read.</exception>
    public ContainerOptions ToOptions()
    {
        var options = ContainerOptionsParser.Parse(Options ?? string.Empty, OptionsFlag);
        return options with
        {
            All =
            [
                .. IsPrivileged ? [new ContainerOption("--privileged", "true")] : Array.Empty<ContainerOption>(),
                .. Of("--userns", [UserNamespace]),
                .. Of("--cap-add", CapAdd),
                .. Of("--cap-drop", CapDrop),
                .. Of("--platform", [Architecture]),
                .. options.All,
            ],
        };
    }

    private static IEnumerable<ContainerOption> Of(string name, IEnumerable<string?> values) =>
        values.OfType<string>().Select(value => new ContainerOption(name, value));
}
