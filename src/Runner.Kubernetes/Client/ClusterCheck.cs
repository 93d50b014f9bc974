using System.Globalization;
using System.Net;
using k8s;
using k8s.Models;
using Runner.Jobs.Errors;

namespace Runner.Kubernetes.Client;

/// <summary>Finds out whether jobs can run in a cluster before anything is made in it, for a person who waits: nothing is tried twice.</summary>
/// <remarks>
/// <list type="number">
/// <item>The API server answers, and knows who asks.</item>
/// <item>The namespace is there. Not everybody may ask for it, which is no obstacle.</item>
/// <item>Whoever asks may do what jobs need; the API server is asked for that too (<c>SelfSubjectAccessReview</c>).</item>
/// </list>
/// </remarks>
public static class ClusterCheck
{
    private const string Choice = "(--kubeconfig, --context)";

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

    // What JobCluster, PodWatch and AgentLease call, but for the patch of pods/ephemeralcontainers: Kubernetes' own role "edit" lacks it, and
    // without it only container actions fail, which say so. An exec over a WebSocket is a GET, which newer servers want to be create as well.
    private static readonly (string Group, string Resource, string? Part, string[] Verbs)[] Needs =
    [
        ("", "pods", null, ["create", "get", "list", "watch", "patch", "delete"]),
        ("", "pods", "log", ["get"]),
        ("", "pods", "exec", ["get", "create"]),
        ("", "secrets", null, ["create", "get", "list", "patch", "delete"]),
        ("coordination.k8s.io", "leases", null, ["create", "list", "patch", "delete"]),
    ];

    /// <summary>Asks the cluster.</summary>
    /// <exception cref="OperatorException">Jobs cannot run there; the problems say what to do.</exception>
    public static async Task RunAsync(ClusterConnection connection, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(connection);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(AnswerLimit);
        try
        {
            // Step 1.
            await ApiCaller.CallOnceAsync("ask for the version", token => connection.Client.Version.GetCodeAsync(token), limit.Token);

            // Steps 2 and 3.
            await RequireNamespaceAsync(connection, limit.Token);
            await RequireRightsAsync(connection, limit.Token);
        }
        catch (OperationCanceledException silence) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OperatorException(
                string.Create(CultureInfo.InvariantCulture, $"The cluster at {connection.Server} did not answer within {AnswerLimit.TotalSeconds:0} s. Is it up, and the right one {Choice}?"),
                silence);
        }
        catch (InfrastructureException error) when (error.StatusCode is (int)HttpStatusCode.Unauthorized)
        {
            throw new OperatorException($"The cluster at {connection.Server} does not accept the credentials of the kubeconfig: {error.Message}. Log in again, or use others {Choice}", error);
        }
        catch (InfrastructureException error) when (error.StatusCode is { } code)
        {
            throw new OperatorException(
                string.Create(CultureInfo.InvariantCulture, $"The cluster at {connection.Server} refuses ({code}): {error.Message}. Is it the right one, and the right account {Choice}?"), error);
        }
        catch (InfrastructureException error)
        {
            throw new OperatorException($"The cluster at {connection.Server} does not answer: {Reason(error)}. Is it up, and the right one {Choice}?", error);
        }
    }

    // The client's own words ("An error occurred while sending the request.") say less than what they were caused by.
    private static string Reason(Exception error)
    {
        while (error.InnerException is { } cause)
        {
            error = cause;
        }

        return error.Message.TrimEnd('.');
    }

    private static async Task RequireNamespaceAsync(ClusterConnection connection, CancellationToken cancellationToken)
    {
        var name = connection.Namespace;
        try
        {
            await ApiCaller.CallOnceAsync(
                $"read namespace {name}", token => connection.Client.CoreV1.ReadNamespaceAsync(name, cancellationToken: token), cancellationToken);
        }
        catch (InfrastructureException error) when (ApiErrors.IsNotFound(error))
        {
            throw new OperatorException(
                $"The cluster at {connection.Server} has no namespace '{name}'; make it (kubectl create namespace {name}), or name another one (--namespace)");
        }
        catch (InfrastructureException error) when (error.StatusCode == (int)HttpStatusCode.Forbidden)
        {
            return;
        }
    }

    private static async Task RequireRightsAsync(ClusterConnection connection, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(
            from need in Needs
            from verb in need.Verbs
            select AskAsync(connection, need.Group, need.Resource, need.Part, verb, cancellationToken));
        var missing = answers.OfType<string>().ToList();
        if (missing.Count > 0)
        {
            throw new OperatorException(
                $"In namespace '{connection.Namespace}' of the cluster at {connection.Server} you may not {string.Join(", ", missing)}, which jobs need; " +
                "ask for a role that allows it, or use another namespace or account (--namespace, --context)");
        }
    }

    // What is not allowed, in words, or null.
    private static async Task<string?> AskAsync(
        ClusterConnection connection, string group, string resource, string? part, string verb, CancellationToken cancellationToken)
    {
        var review = new V1SelfSubjectAccessReview
        {
            ApiVersion = "authorization.k8s.io/v1",
            Kind = "SelfSubjectAccessReview",
            Spec = new V1SelfSubjectAccessReviewSpec
            {
                ResourceAttributes = new V1ResourceAttributes
                {
                    NamespaceProperty = connection.Namespace,
                    Group = group,
                    Resource = resource,
                    Subresource = part,
                    Verb = verb,
                },
            },
        };
        var answer = await ApiCaller.CallOnceAsync(
            "ask what is allowed", token => connection.Client.AuthorizationV1.CreateSelfSubjectAccessReviewAsync(review, cancellationToken: token), cancellationToken);
        return answer.Status?.Allowed == true ? null : $"{verb} {resource}{(part is null ? string.Empty : "/" + part)}";
    }
}
