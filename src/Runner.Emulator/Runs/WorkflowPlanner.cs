using System.Collections.Immutable;
using System.Globalization;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Workflows.Model;
using Runner.Workflows.Planning;

namespace Runner.Emulator.Runs;

/// <summary>Reads a workflow and plans a run of it.</summary>
internal sealed class WorkflowPlanner(EmulatorOptions options, EmulatorAddress address)
{
    /// <exception cref="WorkflowException">The workflow cannot run; the message holds all that is wrong, a line each.</exception>
    public RunPlan Plan(WorkflowRequest request, long run)
    {
        var reading = WorkflowFile.Read(request.Path, request.Workflow);
        if (reading.Workflow is not { } workflow)
        {
            throw new WorkflowException(string.Join('\n', reading.Diagnostics));
        }

        var planning = RunPlan.Create(workflow, new RunRequest
        {
            EventName = request.Event,
            Event = request.Payload is { } payload ? PlainJson.ToData(payload) : DictionaryData.Empty,
            GitHub = GitHub(request, run.ToString(CultureInfo.InvariantCulture)),
            Inputs = request.Inputs is { } inputs ? PlainJson.ToDictionary(inputs) : null,
            Vars = [.. request.Vars],
            Secrets = Secrets(request),
        });
        return planning.Plan ?? throw new WorkflowException(string.Join('\n', planning.Diagnostics));
    }

    private DictionaryData GitHub(WorkflowRequest request, string run) => DictionaryData.FromStrings(new Dictionary<string, string>
    {
        ["repository"] = request.Repository,
        ["repository_owner"] = request.Repository.Split('/')[0],
        ["repository_visibility"] = "private",
        ["ref"] = request.Ref,
        ["sha"] = request.Sha,
        ["actor"] = request.Actor,
        ["triggering_actor"] = request.Actor,
        ["run_id"] = run,
        ["run_number"] = run,
        ["run_attempt"] = "1",
        ["retention_days"] = "90",
        ["server_url"] = address.ServerUrl.AbsoluteUri.TrimEnd('/'),
        ["api_url"] = new Uri(address.Root, "api/v3").AbsoluteUri,
        ["graphql_url"] = new Uri(address.Root, "api/graphql").AbsoluteUri,
        ["head_ref"] = string.Empty,
        ["base_ref"] = string.Empty,
    });

    private ImmutableArray<KeyValuePair<string, Secret>> Secrets(WorkflowRequest request)
    {
        var secrets = new Dictionary<string, Secret>(options.Secrets, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in request.Secrets)
        {
            secrets[name] = new Secret(value);
        }

        return [.. secrets];
    }
}
