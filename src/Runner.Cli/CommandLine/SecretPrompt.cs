using System.Text;

namespace Runner.Cli.CommandLine;

/// <summary>Asks for a secret on a terminal. What is typed is not shown.</summary>
internal static class SecretPrompt
{
    /// <summary>The answer, which may be empty.</summary>
    /// <param name="name">Name of the secret.</param>
    /// <param name="output">Where the question is shown; not where results go.</param>
    public static string Ask(string name, TextWriter output)
    {
        output.Write($"Secret {name}: ");
        var answer = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key != ConsoleKey.Backspace)
            {
                answer.Append(key.KeyChar);
            }
            else if (answer.Length > 0)
            {
                answer.Length--;
            }
        }

        output.WriteLine();
        return answer.ToString();
    }
}
