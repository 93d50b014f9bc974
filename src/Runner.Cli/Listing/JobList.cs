using System.Globalization;
using System.Text.Json.Nodes;
using Runner.Cli.CommandLine;
using Runner.Cli.Rendering;

namespace Runner.Cli.Listing;

/// <summary><c>runner --list</c>: act's table, one job a row.</summary>
internal static class JobList
{
    public static void Write(CliSurroundings surroundings, IEnumerable<ListedJob> jobs) => Tables.Write(
        surroundings,
        ["Stage", "Job ID", "Job name", "Workflow name", "Workflow file", "Events"],
        jobs.Select(job => new[]
        {
            job.Stage.ToString(CultureInfo.InvariantCulture), job.Job.Id, job.Name, job.Workflow.Name ?? FileOf(job), FileOf(job),

            // Scripts know act's form; a terminal's edge breaks lines at spaces.
            string.Join(surroundings.IsTerminal ? ", " : ",", job.Events),
        }));

    /// <summary>The same, one JSON object a line.</summary>
    public static void WriteJson(CliSurroundings surroundings, IEnumerable<ListedJob> jobs)
    {
        foreach (var job in jobs)
        {
            var line = new JsonObject
            {
                ["stage"] = job.Stage,
                ["jobId"] = job.Job.Id,
                ["name"] = job.Name,
                ["workflow"] = job.Workflow.DisplayName,
                ["file"] = job.Workflow.Path,
                ["events"] = new JsonArray([.. job.Events.Select(name => (JsonNode)name)]),
                ["needs"] = new JsonArray([.. job.Job.Needs.Select(name => (JsonNode)name)]),
            };
            surroundings.Out.WriteLine(line.ToJsonString(JsonLines.Options));
        }
    }

    private static string FileOf(ListedJob job) => Path.GetFileName(job.Workflow.Path);
}
