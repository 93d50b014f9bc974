using static Runner.Workflows.Support.KeySupport;

namespace Runner.Workflows.Support;

/// <summary>Every key of <c>container</c> and <c>services</c>. What each backend does with them: <c>docs/containers.md</c>.</summary>
internal static class ContainerKeys
{
    private const string ByBackend = "by backend: see [containers](containers.md)";

    /// <summary>The entries.</summary>
    public static KeySupport[] All { get; } =
    [
        Supported("jobs.*.container", $"not on the backend `host`, which refuses the job; {ByBackend}"),
        .. Common("jobs.*.container"),
        Emulated("jobs.*.container.ports", "nothing outside reaches a job's own container, so its ports are not published"),
        Supported("jobs.*.services", $"not on the backend `host`, which refuses the job; {ByBackend}"),
        Supported("jobs.*.services.*"),
        .. Common("jobs.*.services.*"),
        Supported("jobs.*.services.*.ports", ByBackend),
        Supported("jobs.*.services.*.entrypoint"),
        Supported("jobs.*.services.*.command"),
    ];

    private static KeySupport[] Common(string path) =>
    [
        Supported($"{path}.image"),
        Supported($"{path}.env"),
        Supported($"{path}.options", ByBackend),
        Supported($"{path}.volumes", ByBackend),
        Supported($"{path}.credentials", ByBackend),
        Supported($"{path}.credentials.username"),
        Supported($"{path}.credentials.password"),
    ];
}
