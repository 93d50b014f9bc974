using System.Text;
using Runner.Jobs.Errors;

namespace Runner.Execution.Scripts;

/// <summary>How a script is run: <c>shell:</c> of a step, read (<c>worker-semantics.md</c> section 9). Pure.</summary>
/// <param name="Program">Name of the program.</param>
/// <param name="Arguments">Arguments; <c>{0}</c> stands for the script's path.</param>
internal sealed record Shell(string Program, string Arguments)
{
    private const string Placeholder = "{0}";

    private static readonly Shell Bash = new("bash", "--noprofile --norc -e -o pipefail {0}");
    private static readonly Shell Sh = new("sh", "-e {0}");
    private static readonly Shell Pwsh = new("pwsh", "-command \". '{0}'\"");

    /// <summary>The default where bash is there; where not, <see cref="DefaultWithoutBash"/>.</summary>
    public static Shell Default { get; } = new("bash", "-e {0}");

    /// <summary>The default of job containers, and of machines without bash.</summary>
    public static Shell DefaultWithoutBash { get; } = Sh;

    /// <summary>Whether scripts are PowerShell's.</summary>
    public bool IsPowerShell => Program is "pwsh" or "powershell";

    /// <summary>End of the script file's name.</summary>
    public string Extension => Path.GetFileName(Program) switch
    {
        "bash" or "sh" => ".sh",
        "pwsh" or "powershell" => ".ps1",
        "python" => ".py",
        "cmd" => ".cmd",
        _ => string.Empty,
    };

    /// <summary>Reads a <c>shell:</c>.</summary>
    /// <exception cref="WorkflowException">It is neither a known name nor a command line with <c>{0}</c>.</exception>
    public static Shell Parse(string text)
    {
        var trimmed = text.Trim();
        var blank = trimmed.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0)
        {
            return Known(trimmed);
        }

        var arguments = trimmed[(blank + 1)..].Trim();
        return arguments.Contains(Placeholder, StringComparison.Ordinal)
            ? new Shell(trimmed[..blank], arguments)
            : throw Invalid(text);
    }

    /// <summary>The arguments for a script, each a text of its own.</summary>
    public IReadOnlyList<string> ArgumentsFor(string script) =>
        [.. Split(Arguments).Select(argument => argument.Replace(Placeholder, script, StringComparison.Ordinal))];

    /// <summary>What is written to the script's file.</summary>
    public string Prepare(string script)
    {
        var text = script.Replace("\r\n", "\n", StringComparison.Ordinal);
        return IsPowerShell
            ? $"$ErrorActionPreference = 'stop'\n{text}\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) {{ exit $LASTEXITCODE }}\n"
            : text;
    }

    /// <summary>Cuts a command line at blanks outside of double quotes; <c>\"</c> is a quote itself, as in the official runner.</summary>
    internal static IReadOnlyList<string> Split(string line)
    {
        var arguments = new List<string>();
        var current = new StringBuilder();
        var (isQuoted, hasText) = (false, false);
        for (var i = 0; i < line.Length; i++)
        {
            var character = line[i];
            if (character == '\\' && i + 1 < line.Length && line[i + 1] == '"')
            {
                current.Append('"');
                i++;
            }
            else if (character == '"')
            {
                isQuoted = !isQuoted;
                hasText = true;
            }
            else if (!isQuoted && char.IsWhiteSpace(character))
            {
                if (hasText || current.Length > 0)
                {
                    arguments.Add(current.ToString());
                }

                current.Clear();
                hasText = false;
            }
            else
            {
                current.Append(character);
            }
        }

        if (hasText || current.Length > 0)
        {
            arguments.Add(current.ToString());
        }

        return arguments;
    }

    private static Shell Known(string name) => name switch
    {
        "bash" => Bash,
        "sh" => Sh,
        "pwsh" => Pwsh,
        "powershell" => Pwsh with { Program = "powershell" },
        "python" => new Shell("python", Placeholder),
        "cmd" => throw new WorkflowException("shell: 'cmd' is for Windows only. On this machine: bash, sh, pwsh, python"),
        _ => throw Invalid(name),
    };

    private static WorkflowException Invalid(string text) => new(
        $"shell: '{text}' is not valid. Expected one of bash, sh, pwsh, python, or a command line that holds '{{0}}' for the script's path, such as 'perl {{0}}'");
}
