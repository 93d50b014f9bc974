using System.CommandLine;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json.Nodes;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;
using Runner.Cli.Rendering;

namespace Runner.Cli.Commands;

/// <summary>What the program tells about itself: <c>--list-options</c>, <c>--man-page</c>, <c>--bug-report</c>.</summary>
internal static class ProgramReports
{
    /// <summary>Prints the report that is asked for; false where none is.</summary>
    public static async Task<bool> TryWriteAsync(ParseResult result, ReportFlags flags, CliSurroundings surroundings)
    {
        var root = result.RootCommandResult.Command;
        var report = (result.GetValue(flags.ListOptions), result.GetValue(flags.ManPage), result.GetValue(flags.BugReport)) switch
        {
            (true, _, _) => ListOptions(root),
            (_, true, _) => ManPage(root),
            (_, _, true) => BugReport(surroundings),
            _ => null,
        };
        await surroundings.Out.WriteAsync(report);
        return report is not null;
    }

    // The members that act prints.
    private static string ListOptions(Command root) => new JsonArray([.. root.Options.Select(option => (JsonNode?)new JsonObject
    {
        ["name"] = option.Name.TrimStart('-'),
        ["default"] = DefaultOf(option),
        ["type"] = TypeOf(option),
        ["description"] = option.Description,
    })]).ToJsonString(JsonLines.Options) + "\n";

    private static string DefaultOf(Option option) => option.HasDefaultValue
        ? option.GetDefaultValue() switch { bool isOn => isOn ? "true" : "false", var value => value?.ToString() ?? string.Empty }
        : string.Empty;

    private static string TypeOf(Option option) => option.ValueType switch
    {
        var type when type == typeof(bool) => "bool",
        var type when type == typeof(int) => "int",
        var type when type == typeof(string[]) => "stringArray",
        _ => "string",
    };

    private static string ManPage(Command root)
    {
        var page = new StringBuilder(".TH RUNNER 1\n.SH NAME\nrunner \\- runs GitHub Actions workflows\n.SH SYNOPSIS\n.B runner\n[event] [flags]\n.br\n.B runner\ncommand [arguments]\n");
        page.Append(".SH DESCRIPTION\n").Append(Roff(root.Description)).Append("\n.SH COMMANDS\n");
        foreach (var command in root.Subcommands)
        {
            page.Append(".TP\n.B ").Append(Roff(command.Name)).Append('\n').Append(Roff(command.Description)).Append('\n');
        }

        page.Append(".SH FLAGS\n");
        foreach (var option in root.Options.Where(option => !option.Hidden))
        {
            var names = string.Join(", ", option.Aliases.Append(option.Name));
            page.Append(".TP\n.BR \"").Append(Roff(names)).Append("\" \" ").Append(Roff(option.HelpName)).Append("\"\n").Append(Roff(option.Description)).Append('\n');
        }

        return page.ToString();
    }

    private static string Roff(string? text) => (text ?? string.Empty).Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);

    // Of the environment only whether what matters is set: values may be secrets.
    private static string BugReport(CliSurroundings surroundings)
    {
        var set = surroundings.Environment.Keys.Where(name => name.StartsWith("ACT_", StringComparison.Ordinal)
            || name.StartsWith("RUNNER__", StringComparison.Ordinal) || name is "DOCKER_HOST" or "KUBECONFIG").Order(StringComparer.Ordinal);
        return $"""
            runner:      {VersionCommand.Version}
            system:      {RuntimeInformation.OSDescription} ({RuntimeInformation.OSArchitecture})
            runtime:     {RuntimeInformation.FrameworkDescription}
            processors:  {Environment.ProcessorCount}
            docker:      {(File.Exists("/var/run/docker.sock") ? "/var/run/docker.sock is there" : "no /var/run/docker.sock")}
            settings:    {(File.Exists(Path.Combine(surroundings.WorkingFolder, ".actrc")) ? ".actrc is here" : "no .actrc here")}
            environment: {string.Join(", ", set.DefaultIfEmpty("none of ours is set"))}

            """;
    }
}
