using System.Globalization;
using System.Text.RegularExpressions;

namespace Runner.Conventions.Tests;

/// <summary>Operators filter logs by event id, so each id has one meaning and tells its project.</summary>
public sealed partial class LogEventTests
{
    /// <summary>The first id of each project's thousand; Backends and Kubernetes share one.</summary>
    private static readonly Dictionary<string, int> FirstIds = new()
    {
        ["Agent"]      = 1000,
        ["Backends"]   = 2000,
        ["Kubernetes"] = 2000,
        ["Protocol"]   = 3000,
        ["Execution"]  = 4000,
        ["Worker"]     = 5000,
        ["Services"]   = 6000,
        ["Emulator"]   = 7000,
        ["GitHub"]     = 8000,
        ["Cli"]        = 9000,
    };

    [Fact]
    public void Event_ids_have_one_meaning() => Rule.IsKept(
        from found in Events()
        where found.Id is not null
        group found.Place by found.Id into places
        where places.Count() > 1
        select $"{places.Key}: {string.Join(", ", places)}",
        "An event id is used more than once. Take the next free one: an id, once shipped, keeps its meaning.");

    [Fact]
    public void Event_ids_are_of_their_project() => Rule.IsKept(
        from found in Events()
        where found.Id is null || !FirstIds.TryGetValue(found.Project, out var first) || found.Id < first || found.Id >= first + 1000
        select $"{found.Place}: {found.Id?.ToString(CultureInfo.InvariantCulture) ?? "no id"}; Runner.{found.Project} has {RangeOf(found.Project)}",
        "An event id is missing or outside the range of its project. Write [LoggerMessage(<id>, …)] with an id of the range.");

    [Fact]
    public void Events_stand_together_in_the_log_file_of_their_project() => Rule.IsKept(
        from found in Events()
        where !found.Place.Contains("/Log.cs:", StringComparison.Ordinal)
        select found.Place,
        "All log messages of a project stand in its Log.cs, where one sees which ids are taken.");

    private static IEnumerable<(string Project, string Place, int? Id)> Events() =>
        from project in Repository.Product
        from source in project.Sources()
        from found in source.Find(LoggerMessageAttribute())
        let id = found.Match.Groups["id"]
        select (project.Name, found.Place, id.Success ? int.Parse(id.Value, CultureInfo.InvariantCulture) : (int?)null);

    private static string RangeOf(string project) =>
        FirstIds.TryGetValue(project, out var first) ? $"{first} to {first + 999}" : "no range yet: give it one here";

    [GeneratedRegex(@"\[LoggerMessage\(\s*((EventId\s*=\s*)?(?<id>\d+))?", RegexOptions.ExplicitCapture)]
    private static partial Regex LoggerMessageAttribute();
}
