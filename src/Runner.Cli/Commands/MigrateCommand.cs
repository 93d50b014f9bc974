using System.CommandLine;
using Runner.Cli.CommandLine;
using Runner.Cli.Migration;
using Runner.Jobs.Errors;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Runner.Cli.Commands;

/// <summary><c>runner migrate arc</c>: values of our Helm chart of those of actions-runner-controller.</summary>
internal static class MigrateCommand
{
    public static Command Build(CliSurroundings surroundings) => new("migrate", "Convert settings of other runners.") { BuildArc(surroundings) };

    private static Command BuildArc(CliSurroundings surroundings)
    {
        var files = new Argument<string[]>("values.yaml")
        {
            Description = "Values of the chart gha-runner-scale-set, one file for each installation; - reads standard input. A file is named like its release.",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = new Command("arc", "Make values of the chart helm/runner of those of actions-runner-controller, and say what has no counterpart.") { files };
        command.SetAction(async (result, cancellationToken) =>
        {
            var sets = new List<ArcSet>();
            foreach (var file in result.GetRequiredValue(files))
            {
                sets.Add(ArcSet.Read(file, file == "-" ? "runner" : Path.GetFileNameWithoutExtension(file), Parse(file, await ReadAsync(surroundings, file, cancellationToken))));
            }

            await surroundings.Out.WriteAsync(ArcConversion.Convert(sets));
            return ExitCodes.Success;
        });
        return command;
    }

    private static async Task<string> ReadAsync(CliSurroundings surroundings, string file, CancellationToken cancellationToken)
    {
        try
        {
            return file == "-"
                ? await surroundings.In.ReadToEndAsync(cancellationToken)
                : GivenFile.ReadText(Path.Combine(surroundings.WorkingFolder, file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{file}: {error.Message}", error);
        }
    }

    private static YamlMappingNode Parse(string file, string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException error)
        {
            throw new OperatorException($"{file}:{error.Start.Line}:{error.Start.Column}: this is not YAML: {error.Message}", error);
        }

        return stream.Documents is [{ RootNode: YamlMappingNode root }]
            ? root
            : throw new OperatorException($"{file}: expected one mapping of values, as of the chart gha-runner-scale-set");
    }
}
