using Runner.Execution.Scripts;
using Runner.Jobs.Errors;

namespace Runner.Execution.Tests.Scripts;

public sealed class ShellTests
{
    public static TheoryData<string, string[], string> Shells => new()
    {
        // shell:                       command line                                                            file
        { "bash",                       ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "/t/s"],      ".sh" },
        { "sh",                         ["sh", "-e", "/t/s"],                                                   ".sh" },
        { "python",                     ["python", "/t/s"],                                                     ".py" },
        { "pwsh",                       ["pwsh", "-command", ". '/t/s'"],                                       ".ps1" },
        { "powershell",                 ["powershell", "-command", ". '/t/s'"],                                 ".ps1" },
        { "bash -x {0}",                ["bash", "-x", "/t/s"],                                                 ".sh" },
        { "/opt/bash -x {0}",           ["/opt/bash", "-x", "/t/s"],                                            ".sh" },
        { "perl {0}",                   ["perl", "/t/s"],                                                       "" },
        { " perl  -w {0} ",             ["perl", "-w", "/t/s"],                                                 "" },
        { "x --file={0} -- {0}",        ["x", "--file=/t/s", "--", "/t/s"],                                     "" },
        { "x -c \"a b {0}\" \"\"",      ["x", "-c", "a b /t/s", ""],                                            "" },
        { "x -c \"say \\\"{0}\\\"\"",   ["x", "-c", "say \"/t/s\""],                                            "" },
        { "x -c 'a {0}'",               ["x", "-c", "'a", "/t/s'"],                                             "" }, // single quotes are no quotes
    };

    [Theory, MemberData(nameof(Shells))]
    public void Shell_becomes_a_command_line(string text, string[] command, string extension)
    {
        var shell = Shell.Parse(text);

        Assert.Equal(command, shell.ArgumentsFor("/t/s").Prepend(shell.Program));
        Assert.Equal(extension, shell.Extension);
    }

    [Theory]
    [InlineData("perl")]
    [InlineData("bash -x")]
    [InlineData("BASH")]
    public void Shell_that_says_not_where_the_script_goes_is_refused(string text)
    {
        var error = Assert.Throws<WorkflowException>(() => Shell.Parse(text));

        Assert.Equal($"shell: '{text}' is not valid. Expected one of bash, sh, pwsh, python, or a command line that holds '{{0}}' for the script's path, such as 'perl {{0}}'", error.Message);
    }

    [Fact]
    public void Shell_of_Windows_says_what_this_machine_has() => Assert.Equal(
        "shell: 'cmd' is for Windows only. On this machine: bash, sh, pwsh, python", Assert.Throws<WorkflowException>(() => Shell.Parse("cmd")).Message);

    [Fact]
    public void Script_of_PowerShell_stops_at_errors_and_gives_the_last_exit_code()
    {
        var text = Shell.Parse("pwsh").Prepare("Get-Item x\r\nexit-ish");

        Assert.Equal("$ErrorActionPreference = 'stop'\nGet-Item x\nexit-ish\nif ((Test-Path -LiteralPath variable:\\LASTEXITCODE)) { exit $LASTEXITCODE }\n", text);
    }
}
