using System.Text.Json;
using Runner.Execution.Checkouts;
using Runner.Execution.Contexts;
using Runner.Execution.Reporting;
using Runner.Execution.Scopes;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;

namespace Runner.Execution.Jobs;

/// <summary>The folders of a job, made ready for its steps.</summary>
internal sealed class JobFolders(JobScope job, StepLog log)
{
    /// <summary>Makes them, fills the workspace where its source has a checkout, and writes the event's file.</summary>
    /// <exception cref="WorkflowException">They cannot be made.</exception>
    /// <exception cref="InfrastructureException">The checkout could not be had.</exception>
    public async Task PrepareAsync(CancellationToken stop)
    {
        Make();
        await FillAsync(stop);
        Trust();
        WriteEvent();
    }

    private void Make()
    {
        try
        {
            if (job.Message.Workspace?.Clean is { } clean)
            {
                Workspace.Clean(job.Paths.Workspace, clean);
            }

            if (Directory.Exists(job.Paths.Actions))
            {
                Workspace.Empty(job.Paths.Actions);
            }

            Directory.CreateDirectory(job.Paths.Workspace);
            Directory.CreateDirectory(job.Paths.Temp);
            Directory.CreateDirectory(job.Paths.Spool);
            TryCreate(job.Paths.ToolCache);
            TryCreate(job.Paths.Home);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new WorkflowException($"The folders of the job cannot be made: {error.Message}", error);
        }
    }

    private async Task FillAsync(CancellationToken stop)
    {
        if (job.Payload.AsksForWorkspace && job.Host.Workspace is { } source)
        {
            var entries = await Workspace.FetchAsync(source, job.Paths.Workspace, job.Paths.Spool, keepsFolders: job.Payload.Containers is { Services.IsEmpty: false }, stop);
            log.Write($"Workspace: {entries} files and folders of the checkout");
        }
    }

    private void Trust()
    {
        try
        {
            GitTrust.Settle(job.Paths);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.Debug($"Git cannot be told to trust the workspace: {error.Message}");
        }
    }

    // Not every job needs these two, and they may be somebody else's to make.
    private void TryCreate(string? folder)
    {
        try
        {
            if (folder is not null)
            {
                Directory.CreateDirectory(folder);
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            log.Debug($"The folder '{folder}' cannot be made: {error.Message}");
        }
    }

    private void WriteEvent()
    {
        var file = GitHubContext.EventFile(job.Paths.Temp);
        Directory.CreateDirectory(Path.GetDirectoryName(file) ?? job.Paths.Temp);
        using var stream = File.Create(file);
        using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        var github = job.Message.ContextData.GetValueOrDefault("github") as DictionaryData;
        ContextDataConverter.WritePlainJson(writer, github?.Find("event") ?? DictionaryData.Empty);
    }
}
