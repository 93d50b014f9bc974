using System.Text.RegularExpressions;

namespace Runner.Conventions.Tests;

/// <summary>Which project may use which. Tests may use what they test and need.</summary>
public sealed partial class ArrowTests
{
    private static readonly Dictionary<string, string[]> MayUse = new()
    {
        ["Expressions"] = [],
        ["Jobs"]        = [],
        ["Workflows"]   = ["Expressions", "Jobs"],
        ["Execution"]   = ["Expressions", "Jobs", "Workflows"],
        ["Protocol"]    = ["Jobs"],
        ["Worker"]      = ["Execution", "Protocol", "Jobs"],
        ["Backends"]    = ["Jobs"],
        ["Kubernetes"]  = ["Backends", "Jobs"],
        ["GitHub"]      = ["Protocol", "Jobs"],

        // Workflows: images, ports and options of a job's containers may hold expressions, and must be known before there is a worker.
        ["Agent"]       = ["Kubernetes", "Backends", "GitHub", "Protocol", "Jobs", "Workflows"],
        ["Services"]    = ["Jobs"],
        ["Emulator"]    = ["Workflows", "Protocol", "Services", "Jobs"],
        ["Cli"]         =
        [
            "Expressions", "Jobs", "Workflows", "Execution", "Protocol", "Backends", "Kubernetes", "GitHub", "Agent", "Services", "Emulator",
        ],
    };

    private static readonly Dictionary<string, string[]> PackageUsers = new()
    {
        ["KubernetesClient"] = ["Kubernetes", "Agent"],
        ["Octokit"]          = ["GitHub"],
        ["Docker.DotNet.Enhanced"] = ["Backends"],
        ["AWSSDK.S3"]        = ["Services"],
    };

    [Fact]
    public void Every_project_has_a_row_in_the_table() => Rule.IsKept(
        Repository.Product.Select(project => project.Name).Except(MayUse.Keys).Select(name => $"Runner.{name}"),
        "These projects have no row in the table of arrows: write down what each may use, here and in the design.");

    [Fact]
    public void Projects_reference_only_what_the_design_lets_them() => Rule.IsKept(
        from project in Repository.Product
        from used in project.ProjectReferences
        where !Allows(project.Name, used)
        select $"Runner.{project.Name} references Runner.{used}; it may use: {Allowed(project.Name)}",
        "An arrow between two projects that the design does not have. Own the interface on this side, or move the type to where both may see it.");

    // A reference comes with all that it references, so the compiler lets code use more than its project file says.
    [Fact]
    public void Code_uses_only_what_the_design_lets_it() => Rule.IsKept(
        from project in Repository.Product
        from source in project.Sources()
        from found in source.Find(UsingDirective())
        let used = found.Match.Groups["project"].Value
        where used != project.Name && MayUse.ContainsKey(used) && !Allows(project.Name, used)
        select $"{found.Place} uses Runner.{used}; Runner.{project.Name} may use: {Allowed(project.Name)}",
        "An arrow between two projects that the design does not have, by way of a third.");

    [Fact]
    public void Client_libraries_stay_where_they_belong() => Rule.IsKept(
        from project in Repository.Product
        from package in project.PackageReferences
        where PackageUsers.TryGetValue(package, out var users) && !users.Contains(project.Name)
        select $"Runner.{project.Name} references {package}; only {string.Join(" and ", PackageUsers[package])} may",
        "The types of a client library must not spread: ask the project that owns it for what you need in our own words.");

    [Fact]
    public void What_the_worker_reaches_is_clean_for_native_compilation() => Rule.IsKept(
        from project in Repository.Product
        where project.Name is "Expressions" or "Jobs" or "Workflows" or "Execution" or "Protocol" or "Worker"
        where project.Property("IsAotCompatible") != "true"
        select Repository.Relative(project.Path),
        "These projects are compiled into the native worker: set <IsAotCompatible>true</IsAotCompatible>, so that the build warns of what would break there.");

    // The root command is made in the root; a file of flags is a command line.
    [Fact]
    public void Command_line_parser_ends_where_commands_do() => Rule.IsKept(
        from source in Repository.Product.Single(project => project.Name == "Cli").Sources()
        from found in source.Find(ParserDirective())
        let place = Repository.Relative(source.Path).Split('/')[2..]
        where place is not (["Commands" or "Flags" or "CommandLine", ..] or ["Settings", "FlagFile.cs"] or ["RunnerCommandLine.cs"])
        select $"{found.Place} uses System.CommandLine",
        "Commands/ reads the command line once, into Settings/RunSettings or what the command has of its own; whoever is below knows no flags.");

    private static bool Allows(string project, string used) => MayUse.GetValueOrDefault(project, []).Contains(used);

    private static string Allowed(string project) => MayUse.GetValueOrDefault(project) is { Length: > 0 } allowed ? string.Join(", ", allowed) : "none";

    [GeneratedRegex(@"\bSystem\.CommandLine\b")]
    private static partial Regex ParserDirective();

    [GeneratedRegex(@"^\s*(global )?using (static |\w+ = )?Runner\.(?<project>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex UsingDirective();
}
