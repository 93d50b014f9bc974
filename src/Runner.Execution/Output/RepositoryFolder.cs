using Runner.Execution.Files;
using Runner.Execution.Scopes;
using Runner.Jobs.Data;
using Runner.Jobs.Launch;

namespace Runner.Execution.Output;

/// <summary>Finds the checkout of the job's own repository that a file is in.</summary>
internal static class RepositoryFolder
{
    // Deeper than any checkout.
    private const int MaxDepth = 100;
    private const int MaxConfigBytes = 1024 * 1024;

    /// <summary>Root of the checkout, or <c>null</c>: the file is in none, or in that of another repository.</summary>
    /// <remarks>A local run's workspace is its repository, whatever the checkout on the user's machine says of remotes: it may have none.</remarks>
    public static string? Find(string file, JobScope job)
    {
        var own = job.Payload.Reporting == ReportingTarget.Launcher ? Path.TrimEndingDirectorySeparator(job.Paths.Workspace) : null;
        var github = job.Message.ContextData.GetValueOrDefault("github") as DictionaryData;
        var repository = github?.FindText("repository") ?? string.Empty;
        var server = github?.FindText("server_url") ?? job.Host.Environment.GetValueOrDefault("GITHUB_SERVER_URL") ?? "https://github.com";
        var folder = Path.GetDirectoryName(file);
        for (var depth = 0; folder is not null && depth < MaxDepth; depth++, folder = Path.GetDirectoryName(folder))
        {
            if (folder == own)
            {
                return own;
            }

            var config = Path.Combine(folder, ".git", "config");
            if (File.Exists(config))
            {
                return IsOf(config, repository, server) ? folder : null;
            }
        }

        return null;
    }

    private static bool IsOf(string config, string repository, string server)
    {
        try
        {
            var host = Uri.TryCreate(server, UriKind.Absolute, out var address) ? address.Host : server;
            var url = $"url = {server.TrimEnd('/')}/{repository}";
            var ssh = $"url = git@{host}:{repository}.git";
            return RegularFile.ReadLines(config, MaxConfigBytes).Select(line => line.Trim()).Any(line => IsSame(line, url) || IsSame(line, url + ".git") || IsSame(line, ssh));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // then it cannot be told, and the annotation has no file
        }
    }

    private static bool IsSame(string line, string expected) => line.Equals(expected, StringComparison.OrdinalIgnoreCase);
}
