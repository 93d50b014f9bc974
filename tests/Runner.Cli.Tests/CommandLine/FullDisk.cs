using System.Text;

namespace Runner.Cli.Tests.CommandLine;

/// <summary>Output to a file on a disk that is full, as <c>/dev/full</c> is.</summary>
internal sealed class FullDisk : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => Encoding.UTF8;

    /// <inheritdoc/>
    public override void Write(char value) => throw new IOException("No space left on device");
}
