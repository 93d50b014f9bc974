using System.CommandLine;
using static Runner.Cli.Flags.RunFlags;

namespace Runner.Cli.Flags;

/// <summary>act's flags for containers. They are for the Docker backend; on another one each that is used is told to have no effect.</summary>
internal sealed class ContainerFlags
{
    public Option<bool> Pull { get; } = Switch("--pull", "docker: pull images though they are there.", "-p");

    public Option<bool> Privileged { get; } = Switch("--privileged", "docker: run the containers of jobs with all rights.");

    public Option<string?> UserNamespace { get; } = Text("--userns", null, "NAME", "docker: user namespace of the containers of jobs.");

    public Option<string[]> CapAdd { get; } = Texts("--container-cap-add", null, "NAME", "docker: kernel capability to add to the containers of jobs.");

    public Option<string[]> CapDrop { get; } = Texts("--container-cap-drop", null, "NAME", "docker: kernel capability to take from the containers of jobs.");

    public Option<string?> Architecture { get; } = Text("--container-architecture", null, "OS/ARCH", "docker: platform of the containers of jobs, such as linux/amd64.");

    public Option<string?> Socket { get; } = Text(
        "--container-daemon-socket", null, "ADDRESS", "docker: engine's socket that jobs get as /var/run/docker.sock, a path or unix://path. Default: they get none.");

    public Option<string?> Options { get; } = Text("--container-options", null, "OPTIONS", "docker: options of docker create for the containers of jobs.");

    public Option<string?> Network { get; } = Text("--network", null, "NAME", "docker: network of jobs that have no services. Default: the engine's own.");

    /// <summary>All of them, in the order of the help.</summary>
    public IReadOnlyList<Option> All => [Pull, Privileged, UserNamespace, CapAdd, CapDrop, Architecture, Socket, Options, Network];
}
