using System.Reflection;

namespace Runner.Agent.Monitoring;

/// <summary>The version of this agent.</summary>
internal static class AgentVersion
{
    /// <summary>Such as <c>0.1.0</c>, without the commit that the build appends.</summary>
    public static string Text { get; } =
        typeof(AgentVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
