using System.Text;
using Runner.Jobs.Errors;

namespace Runner.Cli.CommandLine;

/// <summary>
/// The program's own output: one of the users of a disk that may be full. What cannot be printed as a result is told as that; what cannot be told of a
/// mistake is lost, since there is nobody left to tell.
/// </summary>
/// <param name="open">Opens the stream, which may be closed already.</param>
/// <param name="isForMistakes">Whether mistakes are told on it.</param>
/// <remarks>A reader that went away (a pipe that broke) is no failure: the console passes that over in silence.</remarks>
internal sealed class OwnOutput(Func<TextWriter> open, bool isForMistakes) : TextWriter
{
    private readonly Lock _lock = new();
    private TextWriter? _writer;

    /// <inheritdoc/>
    public override Encoding Encoding => Console.OutputEncoding;

    /// <inheritdoc/>
    public override void Write(char value) => Do(writer => writer.Write(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Do(writer => writer.Write(buffer, index, count));

    /// <inheritdoc/>
    public override void Write(string? value) => Do(writer => writer.Write(value));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Do(writer => writer.WriteLine(value));

    /// <inheritdoc/>
    public override Task WriteAsync(string? value)
    {
        Write(value);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task WriteLineAsync(string? value)
    {
        WriteLine(value);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task FlushAsync()
    {
        Flush();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override void Flush() => Do(writer => writer.Flush());

    private void Do(Action<TextWriter> write)
    {
        lock (_lock)
        {
            try
            {
                write(_writer ??= open());
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                if (!isForMistakes)
                {
                    throw new InfrastructureException($"The output cannot be written: {error.Message}", error);
                }
            }
        }
    }
}
