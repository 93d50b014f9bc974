using System.Collections.Immutable;
using System.CommandLine;
using Runner.Cli.CommandLine;
using Runner.Cli.Flags;
using Runner.Jobs.Secrets;

namespace Runner.Cli.Values;

/// <summary>What the user gives to a run: secrets, variables, environment, inputs. Flags win over files.</summary>
internal sealed record RunValues
{
    private const string TokenName = "GITHUB_TOKEN";

    /// <summary>The <c>secrets</c> context. Names as GitHub has them: in capitals.</summary>
    public required ImmutableSortedDictionary<string, Secret> Secrets { get; init; }

    /// <summary>The token for GitHub (<c>-s GITHUB_TOKEN</c>), or <c>null</c>: none was given.</summary>
    public Secret? GitHubToken => Secrets.TryGetValue(TokenName, out var token) && token.Reveal().Length > 0 ? token : null;

    /// <summary>The <c>vars</c> context.</summary>
    public required ImmutableSortedDictionary<string, string> Vars { get; init; }

    /// <summary>Environment variables of the steps, under those of the workflow.</summary>
    public required ImmutableSortedDictionary<string, string> Env { get; init; }

    /// <summary>Inputs of <c>workflow_dispatch</c>, as texts.</summary>
    public required ImmutableSortedDictionary<string, string> Inputs { get; init; }

    /// <summary>Reads the flags, and the files that they or their defaults name.</summary>
    /// <exception cref="UsageException">A file cannot be read, or a value is missing and nobody can be asked for it.</exception>
    public static RunValues Read(ParseResult result, RunFlags flags, CliSurroundings surroundings, string folder)
    {
        var reader = new Reader(result, surroundings, folder);
        var secrets = reader.Values(flags.SecretFile, flags.Secrets, name => surroundings.Variable(name) ?? surroundings.AskSecret(name));
        return new RunValues
        {
            Secrets = secrets.ToImmutableSortedDictionary(
                secret => secret.Key.ToUpperInvariant(), secret => new Secret(secret.Value), StringComparer.OrdinalIgnoreCase),
            Vars = reader.Values(flags.VarFile, flags.Vars, surroundings.Variable),
            Env = reader.Values(flags.EnvFile, flags.Env, surroundings.Variable, StringComparer.Ordinal),
            Inputs = reader.Values(flags.InputFile, flags.Inputs, surroundings.Variable),
        };
    }

    private sealed record Reader(ParseResult Result, CliSurroundings Surroundings, string Folder)
    {
        /// <param name="fileFlag">Names the file.</param>
        /// <param name="flag">Names single values.</param>
        /// <param name="find">Finds the value of a name that was given without one.</param>
        /// <param name="names">How names compare. Default: without regard to case.</param>
        public ImmutableSortedDictionary<string, string> Values(
            Option<string> fileFlag, Option<string[]> flag, Func<string, string?> find, StringComparer? names = null)
        {
            var values = ImmutableSortedDictionary.CreateBuilder<string, string>(names ?? StringComparer.OrdinalIgnoreCase);
            var file = Result.GetRequiredValue(fileFlag);
            var isNamed = file.Length > 0 && Result.GetResult(fileFlag) is { Implicit: false };
            var ofFile = ValuesFile.Read(fileFlag.Name, Folder, file, isNamed);
            foreach (var (name, value) in ofFile ?? new Dictionary<string, string>())
            {
                values[name] = value;
            }

            if (ofFile is null && isNamed)
            {
                // As in act: one .actrc names such files for all repositories.
                Surroundings.Error.WriteLine($"runner: {fileFlag.Name}: there is no file '{file}' in '{Folder}', so nothing is read from it");
            }

            foreach (var text in Result.GetValue(flag) ?? [])
            {
                var parts = text.Split('=', 2);
                values[parts[0]] = parts is [_, var value]
                    ? value
                    : find(parts[0]) ?? throw new UsageException(
                        $"{flag.Name}: '{parts[0]}' has no value, and the environment has no variable of that name; write {parts[0]}=value");
            }

            return values.ToImmutable();
        }
    }
}
