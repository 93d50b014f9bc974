using System.CommandLine;
using Runner.Cli.CommandLine;

namespace Runner.Cli.Commands;

/// <summary><c>runner completion</c>: a script that asks the program itself, so that it never is out of date.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # bash completion of runner: source <(runner completion bash)
        _runner() {
            local word="${COMP_WORDS[COMP_CWORD]}" IFS=$'\n'
            COMPREPLY=($(compgen -W "$(runner "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "${word}"))
        }
        complete -o default -F _runner runner
        """;

    private const string Zsh = """
        #compdef runner
        # zsh completion of runner: source <(runner completion zsh)
        _runner() {
            local -a suggestions
            suggestions=("${(@f)$(runner "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
            compadd -a suggestions
        }
        compdef _runner runner
        """;

    private const string Fish = """
        # fish completion of runner: runner completion fish | source
        complete -c runner -f -a '(runner "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
        """;

    public static Command Build(CliSurroundings surroundings)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." }.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a completion script for a shell.") { shell };
        command.SetAction(result => surroundings.Out.WriteLine(result.GetRequiredValue(shell) switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            _ => Fish,
        }));
        return command;
    }
}
