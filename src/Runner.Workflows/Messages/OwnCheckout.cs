using Runner.Expressions;
using Runner.Jobs.Data;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;
using Runner.Workflows.Model;
using Runner.Workflows.Planning;

namespace Runner.Workflows.Messages;

/// <summary>
/// <c>actions/checkout</c> of the run's own repository, where the workspace holds it already: it becomes a step of the same id that says so
/// and gives the same outputs; with a <c>path</c> it copies the checkout there, with <c>submodules</c> it fetches those that the checkout lacks. Act's
/// rule: no other <c>repository</c>, no other <c>ref</c>.
/// </summary>
internal static class OwnCheckout
{
    private const string Action = "actions/checkout";

    // What is in the workspace, but for the folder that it is copied to.
    private const string CopyToPath =
        "mkdir -p \"$CHECKOUT_PATH\"\n"
        + "first=${CHECKOUT_PATH#./}; first=${first%%/*}\n"
        + "for entry in * .[!.]* ..?*; do\n"
        + "  if [ \"$entry\" != \"$first\" ] && { [ -e \"$entry\" ] || [ -L \"$entry\" ]; }; then cp -a \"./$entry\" \"$CHECKOUT_PATH/\" || exit; fi\n"
        + "done\n";

    // What the user has of them stays as it is, as all of the checkout does; git is asked for those only that are not there. The token goes to
    // git by the environment, for https and for addresses that are written for ssh, as the action does it.
    private const string FetchSubmodules = """
        fetch() (
          cd "./$1" || exit
          [ -f .gitmodules ] || exit 0
          git submodule status | while IFS= read -r line; do
            rest=${line#?}; path=${rest#* }
            case $line in
              -*) echo "Submodule '$path' is not in the checkout: it is fetched"; git submodule update --init $deep -- "$path" || exit ;;
              *) if [ -n "$deep" ]; then fetch "${path% (*)}" || exit; fi ;;
            esac
          done
        )
        if [ -f .gitmodules ]; then
          command -v git >/dev/null || { echo "::error::submodules: git is not there, and fetching submodules takes it"; exit 1; }
          deep=; if [ "$CHECKOUT_SUBMODULES" = recursive ]; then deep=--recursive; fi
          export GIT_TERMINAL_PROMPT=0
          if [ -n "$CHECKOUT_TOKEN" ]; then
            n=${GIT_CONFIG_COUNT:-0}
            export "GIT_CONFIG_KEY_$n=http.$GITHUB_SERVER_URL/.extraheader"
            export "GIT_CONFIG_VALUE_$n=AUTHORIZATION: basic $(printf 'x-access-token:%s' "$CHECKOUT_TOKEN" | base64 | tr -d '\n')"
            n=$((n + 1))
            export "GIT_CONFIG_KEY_$n=url.$GITHUB_SERVER_URL/.insteadOf" "GIT_CONFIG_VALUE_$n=git@${GITHUB_SERVER_URL#*://}:"
            export GIT_CONFIG_COUNT=$((n + 1))
          fi
          fetch . || exit
        fi

        """;

    // Only these are known before the job runs; anything else may name whatever it likes.
    private static readonly string[] LateContexts = ["steps", "job", "runner", "env", "secrets"];

    /// <summary>The steps, each checkout of the own repository replaced.</summary>
    public static IEnumerable<WorkflowStep> Skip(PlannedJob planned) =>
        planned.Job.Steps.Select(step => step is UsesStep uses && IsOwn(uses, planned) ? Replace(uses, planned) : step);

    private static bool IsOwn(UsesStep step, PlannedJob planned)
    {
        if (step.Reference is not { Type: ReferenceType.Repository, Name: { } name, Path: null }
            || !string.Equals(name, Action, StringComparison.OrdinalIgnoreCase)
            || step.With is not (null or NullToken or MappingToken))
        {
            return false;
        }

        var (with, github) = (step.With as MappingToken, planned.Plan.GitHub);
        var head = ((github.Find("event") as DictionaryData)?.Find("pull_request") as DictionaryData)?.Find("head") as DictionaryData;
        string?[] ownRefs =
        [
            github.FindText("ref"), github.FindText("ref_name"), github.FindText("sha"), github.FindText("head_ref"), head?.FindText("sha"), head?.FindText("ref"),
        ];
        return IsEmptyOrOneOf(with?.Find("repository"), planned, github.FindText("repository"))
            && IsEmptyOrOneOf(with?.Find("ref"), planned, ownRefs)
            && !IsLate(with?.Find("path"))
            && !IsLate(with?.Find("submodules"));
    }

    private static bool IsEmptyOrOneOf(TemplateToken? token, PlannedJob planned, params ReadOnlySpan<string?> own)
    {
        if (IsLate(token))
        {
            return false;
        }

        var text = planned.Contexts.Evaluator().EvaluateText(token);
        foreach (var value in own)
        {
            if (string.Equals(text, value, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return text.Length == 0;
    }

    private static bool IsLate(TemplateToken? token) =>
        token is ExpressionToken expression && Expression.Parse(expression.Expression).UsesContext(LateContexts);

    private static RunStep Replace(UsesStep step, PlannedJob planned)
    {
        var github = planned.Plan.GitHub;
        var with = step.With as MappingToken;
        var path = planned.Contexts.Evaluator().EvaluateText(with?.Find("path"));
        var submodules = planned.Contexts.Evaluator().EvaluateText(with?.Find("submodules")).ToLowerInvariant();
        return new RunStep
        {
            Id = step.Id,
            Name = step.Name ?? new StringToken($"Run {step.Uses}"),
            Position = step.Position,
            Condition = step.Condition,
            ContinueOnError = step.ContinueOnError,
            ParallelGroup = step.ParallelGroup,
            IsBackground = step.IsBackground,

            // By the environment, not in the script: a ref may hold letters that mean something to a shell.
            Env = new MappingToken(
            [
                Entry("CHECKOUT_REF", github.FindText("ref")), Entry("CHECKOUT_COMMIT", github.FindText("sha")), Entry("CHECKOUT_PATH", path),
                .. submodules is "true" or "recursive"
                    ? [Entry("CHECKOUT_SUBMODULES", submodules), new MappingEntry(new StringToken("CHECKOUT_TOKEN"), with?.Find("token") ?? new ExpressionToken("github.token"))]
                    : Array.Empty<MappingEntry>(),
            ]),
            Shell = new StringToken("sh"),
            Script = new StringToken(
                "echo \"skipped: the files are here already (--no-skip-checkout runs it)\"\n"
                + (submodules is "true" or "recursive" ? FetchSubmodules : string.Empty)
                + (path is "" or "." or "./" ? string.Empty : CopyToPath)
                + "printf 'ref=%s\\ncommit=%s\\n' \"$CHECKOUT_REF\" \"$CHECKOUT_COMMIT\" >> \"$GITHUB_OUTPUT\"\n"),
        };
    }

    private static MappingEntry Entry(string name, string? value) => new(new StringToken(name), new StringToken(value ?? string.Empty));
}
