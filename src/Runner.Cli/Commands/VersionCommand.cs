using System.CommandLine;
using System.Reflection;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Commands;

/// <summary><c>runner version</c>.</summary>
internal static class VersionCommand
{
    public static Command Build(CliSurroundings surroundings)
    {
        var command = new Command("version", "Print the version.");
        command.SetAction(_ => surroundings.Out.WriteLine($"runner {Version}"));
        return command;
    }

    /// <summary>The version, without the commit that the build appends.</summary>
    internal static string Version =>
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
