using System.Collections.Immutable;
using Runner.Jobs.Link;

namespace Runner.Kubernetes.Tests.Actions;

/// <summary>Requests as a worker makes them.</summary>
internal static class SomeAction
{
    public const string RequestId = "1a2b3c4d5e6f47889900aabbccddeeff";

    public static ContainerRequest Request(string image = "alpine:3", string? entrypoint = null, string[]? arguments = null) => new()
    {
        StepName = "Greet",
        Source = new ContainerImage { Image = image },
        Entrypoint = entrypoint,
        Arguments = [.. arguments ?? []],
        Environment = ImmutableSortedDictionary<string, string>.Empty.Add("HOME", "/github/home").Add("INPUT_WHO-TO-GREET", "s3cr3t"),
        WorkingDirectory = "/github/workspace",
        Mounts =
        [
            new() { Source = MountSource.Home, WorkerPath = "/runner/temp/_github_home", Target = "/github/home" },
            new() { Source = MountSource.Workflow, WorkerPath = "/runner/temp/_github_workflow", Target = "/github/workflow" },
            new() { Source = MountSource.FileCommands, WorkerPath = "/runner/temp/_runner_file_commands", Target = "/github/file_commands" },
            new() { Source = MountSource.Temp, WorkerPath = "/runner/temp", Target = "/github/runner_temp" },
            new() { Source = MountSource.Workspace, WorkerPath = "/github/workspace", Target = "/github/workspace" },
            new() { Source = MountSource.Docker, Target = "/var/run/docker.sock" },
        ],
    };
}
