using System.Reflection;

namespace Runner.Worker.Hosting;

/// <summary>The version of this worker.</summary>
internal static class WorkerVersion
{
    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Text { get; } =
        typeof(WorkerVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
