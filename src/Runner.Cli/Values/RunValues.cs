using System.Collections.Immutable;
using Runner.Cli.CommandLine;
using Runner.Cli.Settings;
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
    public static RunValues Read(RunSettings settings, CliSurroundings surroundings)
    {
        var secrets = ValuesOf(settings.Secrets, name => surroundings.Variable(name) ?? surroundings.AskSecret(name), StringComparer.OrdinalIgnoreCase);
        return new RunValues
        {
            Secrets = secrets.ToImmutableSortedDictionary(
                secret => secret.Key.ToUpperInvariant(), secret => new Secret(secret.Value), StringComparer.OrdinalIgnoreCase),
            Vars = ValuesOf(settings.Vars, surroundings.Variable, StringComparer.OrdinalIgnoreCase),
            Env = ValuesOf(settings.Env, surroundings.Variable, StringComparer.Ordinal),
            Inputs = ValuesOf(settings.Inputs, surroundings.Variable, StringComparer.OrdinalIgnoreCase),
        };

        ImmutableSortedDictionary<string, string> ValuesOf(GivenValues given, Func<string, string?> find, StringComparer names)
        {
            var values = ImmutableSortedDictionary.CreateBuilder<string, string>(names);
            var ofFile = ValuesFile.Read(given.FileFlag, settings.Folder, given.File, given.IsFileNamed);
            foreach (var (name, value) in ofFile ?? new Dictionary<string, string>())
            {
                values[name] = value;
            }

            if (ofFile is null && given.IsFileNamed)
            {
                // As in act: one .actrc names such files for all repositories.
                surroundings.Error.WriteLine(
                    $"runner: {given.FileFlag}: there is no file '{given.File}' in '{settings.Folder}', so nothing is read from it");
            }

            foreach (var text in given.Texts)
            {
                var parts = text.Split('=', 2);
                values[parts[0]] = parts is [_, var value]
                    ? value
                    : find(parts[0]) ?? throw new UsageException(
                        $"{given.Flag}: '{parts[0]}' has no value, and the environment has no variable of that name; write {parts[0]}=value");
            }

            return values.ToImmutable();
        }
    }
}
