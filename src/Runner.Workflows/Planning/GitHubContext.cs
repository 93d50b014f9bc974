using Runner.Jobs.Data;
using Runner.Workflows.Model;

namespace Runner.Workflows.Planning;

/// <summary>Completes the <c>github</c> context of a run (GitHub's "Contexts" page; the worker adds what only it can know).</summary>
internal static class GitHubContext
{
    private const string Branches = "refs/heads/";
    private const string Tags = "refs/tags/";
    private const string PullRequests = "refs/pull/"; // of "refs/pull/7/merge" the name is "7/merge"

    public static DictionaryData Complete(Workflow workflow, RunRequest request)
    {
        var github = request.GitHub
            .With("event_name", new StringData(request.EventName))
            .With("event", request.Event)
            .With("ref_protected", IsProtected(request.GitHub));
        github = AddMissing(github, "workflow", workflow.DisplayName);
        var repository = github.FindText("repository");
        var gitRef = github.FindText("ref");
        if (repository is not null)
        {
            github = AddMissing(github, "repository_owner", repository.Split('/')[0]);
            github = AddMissing(github, "workflow_ref", $"{repository}/{workflow.Path}@{gitRef}");
        }

        if (github.FindText("sha") is { } sha)
        {
            github = AddMissing(github, "workflow_sha", sha);
        }

        return gitRef is null ? github : AddRef(github, gitRef);
    }

    private static DictionaryData AddRef(DictionaryData github, string gitRef)
    {
        var (name, type) = gitRef switch
        {
            _ when gitRef.StartsWith(Branches, StringComparison.Ordinal) => (gitRef[Branches.Length..], "branch"),
            _ when gitRef.StartsWith(Tags, StringComparison.Ordinal) => (gitRef[Tags.Length..], "tag"),
            _ when gitRef.StartsWith(PullRequests, StringComparison.Ordinal) => (gitRef[PullRequests.Length..], "branch"),
            _ => (gitRef, "branch"),
        };
        return AddMissing(AddMissing(github, "ref_name", name), "ref_type", type);
    }

    // The one member that is a boolean: the text "false" would count as true in a condition.
    private static BooleanData IsProtected(DictionaryData github) => github.Find("ref_protected") switch
    {
        BooleanData given => given,
        StringData text => new BooleanData(bool.TryParse(text.Value, out var value) && value),
        _ => new BooleanData(false),
    };

    private static DictionaryData AddMissing(DictionaryData github, string name, string value) =>
        github.Find(name) is null or NullData ? github.With(name, new StringData(value)) : github;
}
