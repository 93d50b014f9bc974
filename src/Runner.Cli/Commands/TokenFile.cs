using Runner.Cli.CommandLine;
using Runner.Jobs.Errors;

namespace Runner.Cli.Commands;

/// <summary>Reads a token from the file that a flag names, so that it stands on no command line.</summary>
internal static class TokenFile
{
    /// <exception cref="OperatorException">There is no such file, or nothing in it.</exception>
    public static string Read(string path)
    {
        try
        {
            var token = GivenFile.ReadText(path).Trim();
            return token.Length > 0 ? token : throw new OperatorException($"--token-file: '{path}' is empty");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"--token-file: '{path}' cannot be read: {error.Message}", error);
        }
    }
}
