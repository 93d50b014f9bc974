using Runner.Cli.CommandLine;
using Runner.Jobs.Errors;

namespace Runner.Cli.Tests.CommandLine;

/// <summary>A disk that is full is no bug of ours, neither for results nor for what is told of it.</summary>
public sealed class OwnOutputTests
{
    [Fact]
    public async Task Result_that_cannot_be_written_is_told_and_ends_the_program_with_a_code_of_its_own()
    {
        await using var error = new StringWriter();
        var surroundings = Surroundings(new OwnOutput(() => new FullDisk(), isForMistakes: false), error);

        var code = await RunnerCommandLine.RunAsync(["version"], surroundings);

        Assert.Equal((ExitCodes.Unavailable, "runner: The output cannot be written: No space left on device\n"), (code, error.ToString().ReplaceLineEndings("\n")));
    }

    [Fact]
    public async Task Mistake_that_cannot_be_told_changes_nothing()
    {
        await using var full = new OwnOutput(() => new FullDisk(), isForMistakes: true);

        Assert.Equal(ExitCodes.Unavailable, await RunnerCommandLine.RunAsync(["version"], Surroundings(new OwnOutput(() => new FullDisk(), isForMistakes: false), full)));
        Assert.Equal(ExitCodes.Usage, await RunnerCommandLine.RunAsync(["--nonsense"], Surroundings(TextWriter.Null, full)));
    }

    [Fact]
    public async Task Stream_that_is_closed_is_told_where_it_is_used()
    {
        await using var closed = new OwnOutput(() => throw new IOException("Bad file descriptor"), isForMistakes: false);

        var error = Assert.Throws<InfrastructureException>(() => closed.Write("x"));

        Assert.Equal("The output cannot be written: Bad file descriptor", error.Message);
    }

    [Fact]
    public async Task What_can_be_written_is_written()
    {
        await using var text = new StringWriter();
        await using var output = new OwnOutput(() => text, isForMistakes: false);

        output.Write('a');
        output.Write("b");
        output.WriteLine("c");
        await output.WriteLineAsync("d");
        await output.WriteLineAsync();
        await output.WriteAsync("e");
        output.Write($"{1}{2}".AsSpan());
        await output.FlushAsync(TestContext.Current.CancellationToken);

        Assert.Equal("abc\nd\n\ne12", text.ToString().ReplaceLineEndings("\n"));
    }

    private static CliSurroundings Surroundings(TextWriter output, TextWriter error) => new()
    {
        Out = output, Error = error, Environment = new Dictionary<string, string>(), ProgramFolder = AppContext.BaseDirectory,
    };
}
