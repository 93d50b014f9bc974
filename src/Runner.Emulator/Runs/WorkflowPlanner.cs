using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Runner.Emulator.Actions;
using Runner.Emulator.Options;
using Runner.Emulator.Tokens;
using Runner.Jobs.Data;
using Runner.Jobs.Errors;
using Runner.Jobs.Secrets;
using Runner.Workflows.Events;
using Runner.Workflows.Model;
using Runner.Workflows.Planning;
using Runner.Workflows.Planning.Triggers;

namespace Runner.Emulator.Runs;

/// <summary>Reads a workflow and plans a run of it.</summary>
internal sealed class WorkflowPlanner(EmulatorOptions options, EmulatorAddress address, ActionRepositories repositories, TimeProvider time)
{
    /// <summary>The workflow with those that it calls, directly and through others.</summary>
    /// <exception cref="WorkflowException">It cannot be read; the message holds all that is wrong, a line each.</exception>
    /// <exception cref="InfrastructureException">A repository could not be read.</exception>
    public async Task<Workflow> ReadWithCallsAsync(WorkflowRequest request, CancellationToken cancellationToken) => Read(await WorkflowFile.ReadWithCallsAsync(
        request.Path, request.Workflow, new RequestedWorkflows(request, repositories), WorkflowReadOptions.Default, cancellationToken));

    /// <summary>The workflow alone.</summary>
    /// <exception cref="WorkflowException">It cannot be read; the message holds all that is wrong, a line each.</exception>
    public static Workflow Read(WorkflowRequest request) => Read(WorkflowFile.Read(request.Path, request.Workflow));

    /// <summary>Plans a run, if the event starts one.</summary>
    /// <exception cref="WorkflowException">The workflow cannot run, or not on that event; the message holds all that is wrong, a line each.</exception>
    public RunPlan Plan(WorkflowRequest request, Workflow workflow, long run, int attempt, Secret token)
    {
        if (request.Ref.Length == 0)
        {
            throw new WorkflowException("ref must not be empty");
        }

        var payload = PlainJson.ToData(request.Payload ?? Made(request, workflow));
        Judge(workflow, request, payload as DictionaryData ?? DictionaryData.Empty);
        var planning = RunPlan.Create(workflow, new RunRequest
        {
            EventName = request.Event,
            Event = payload,
            GitHub = GitHub(request, run.ToString(CultureInfo.InvariantCulture), attempt),
            Inputs = request.Inputs is { } inputs ? PlainJson.ToDictionary(inputs) : null,
            Vars = [.. request.Vars],
            Secrets = Secrets(request),
            GitHubToken = token,
        });
        return planning.Plan ?? throw new WorkflowException(string.Join('\n', planning.Diagnostics));
    }

    private static Workflow Read(WorkflowReading reading) =>
        reading.Workflow ?? throw new WorkflowException(string.Join('\n', reading.Diagnostics));

    private static void Judge(Workflow workflow, WorkflowRequest request, DictionaryData payload)
    {
        var verdict = WorkflowTriggers.Judge(
            workflow, new TriggeringEvent { Name = request.Event, Payload = payload, Ref = request.Event == "push" ? request.Ref : null });
        if (!verdict.Runs)
        {
            throw new WorkflowException(string.Join('\n', [$"{request.Path} does not run: {verdict.Reason}", .. verdict.Diagnostics]));
        }
    }

    // What GitHub would send for a commit of which nothing is known but its id.
    private JsonElement Made(WorkflowRequest request, Workflow workflow)
    {
        var origin = new EventOrigin
        {
            Repository = request.Repository,
            DefaultBranch = RunOrigin.DefaultBranch,
            Ref = request.Ref,
            Sha = request.Sha,
            Actor = request.Actor,
            ServerUrl = address.ServerUrl.AbsoluteUri.TrimEnd('/'),
            Time = time.GetUtcNow(),
        };
        return JsonSerializer.SerializeToElement(EventPayload.Of(request.Event, origin, workflow), JsonSerializerOptions.Default);
    }

    private DictionaryData GitHub(WorkflowRequest request, string run, int attempt) => DictionaryData.FromStrings(new Dictionary<string, string>
    {
        ["repository"] = request.Repository,
        ["repository_owner"] = request.Repository.Split('/')[0],
        ["repository_visibility"] = request.Visibility,
        ["ref"] = request.Ref,
        ["sha"] = request.Sha,
        ["actor"] = request.Actor,
        ["triggering_actor"] = request.Actor,
        ["run_id"] = run,
        ["run_number"] = run,
        ["run_attempt"] = attempt.ToString(CultureInfo.InvariantCulture),
        ["retention_days"] = "90",
        ["server_url"] = address.ServerUrl.AbsoluteUri.TrimEnd('/'),
        ["api_url"] = new Uri(address.Root, "api/v3").AbsoluteUri,
        ["graphql_url"] = new Uri(address.Root, "api/graphql").AbsoluteUri,
        ["head_ref"] = string.Empty,
        ["base_ref"] = string.Empty,
    });

    private ImmutableArray<KeyValuePair<string, Secret>> Secrets(WorkflowRequest request)
    {
        var secrets = new Dictionary<string, Secret>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, secret) in options.Secrets.Concat(request.Secrets.Select(given => KeyValuePair.Create(given.Key, new Secret(given.Value)))))
        {
            secrets[name] = secret;
        }

        return [.. secrets];
    }
}
