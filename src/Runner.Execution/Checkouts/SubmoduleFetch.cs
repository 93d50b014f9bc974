using System.Collections.Immutable;
using Runner.Execution.Processes;
using Runner.Execution.Scopes;
using Runner.Execution.Steps;
using Runner.Jobs.Errors;
using Runner.Jobs.Messages;

namespace Runner.Execution.Checkouts;

/// <summary>Fetches the submodules that a checkout lacks.</summary>
/// <remarks>
/// What the user has of them stays as it is, as all of the checkout does; git is asked for those only that are not there. The token goes to git by the
/// environment, for https and for addresses that are written for ssh, as the action does it.
/// </remarks>
internal sealed class SubmoduleFetch(JobScope job, StepProcess process)
{
    private const string Script = """
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

    /// <summary>Fetches them. Gives whether they are all there now.</summary>
    /// <param name="run">The step.</param>
    /// <param name="folder">The checkout.</param>
    /// <param name="inputs">The step's inputs: <c>submodules</c> is <c>true</c> or <c>recursive</c>, <c>token</c> by default the job's own.</param>
    /// <param name="stop">Stops it.</param>
    public async Task<bool> RunAsync(StepRun run, string folder, IReadOnlyDictionary<string, string> inputs, CancellationToken stop)
    {
        var path = StepEnvironment.PathOf(StepEnvironment.OfMachine(job));
        var shell = ProgramFinder.Find("sh", path, folder) ?? throw new WorkflowException($"submodules: fetching them takes a shell, 'sh', which is not in PATH: {path}");
        var environment = StepEnvironment.Of(run, StepKind.Script, ImmutableDictionary<string, string>.Empty);
        environment["CHECKOUT_SUBMODULES"] = inputs["submodules"].ToLowerInvariant();
        environment["CHECKOUT_TOKEN"] = inputs.GetValueOrDefault("token") ?? job.Message.Variable(JobVariables.GitHubToken) ?? string.Empty;
        var exit = await process.RunAsync(run, shell, ["-e", "-c", Script], folder, environment, stop);
        if (exit.Code != 0 && !stop.IsCancellationRequested)
        {
            run.Scope.Log.Error($"The submodules could not be fetched: git ended with exit code {exit.Code}.");
        }

        return exit.Code == 0;
    }
}
