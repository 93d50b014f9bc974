using System.Buffers;
using Runner.Execution.Files;
using Runner.Execution.Masking;
using Runner.Execution.Scopes;

namespace Runner.Execution.FileCommands;

/// <summary><c>GITHUB_STEP_SUMMARY</c>: Markdown shown on the run's page.</summary>
internal sealed class StepSummaryFile : IFileCommand
{
    /// <summary>Largest summary of a step.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <inheritdoc/>
    public string Name => "step_summary";

    /// <inheritdoc/>
    public string FilePrefix => "step_summary_";

    /// <inheritdoc/>
    public bool IsFolderNothing => true;

    /// <inheritdoc/>
    public void Run(string file, StepScope step)
    {
        using var content = RegularFile.Open(file);
        var size = RandomAccess.GetLength(content);
        if (size > MaxBytes)
        {
            step.Log.Error($"$GITHUB_STEP_SUMMARY upload aborted, supports content up to a size of {MaxBytes / 1024}k, got {size / 1024}k.");
            return;
        }

        step.Job.Reporter.AddSummary(step.Id, Mask(RegularFile.ReadBytes(file, MaxBytes), step.Job.Masker));
    }

    private static ReadOnlyMemory<byte> Mask(byte[] markdown, SecretMasker masker)
    {
        var masked = new ArrayBufferWriter<byte>(markdown.Length);
        var buffer = new MaskBuffer();
        var rest = markdown.AsSpan();
        while (rest.Length > 0)
        {
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..(end + 1)];
            masked.Write(masker.MaskLine(line, buffer));
            rest = rest[line.Length..];
        }

        return masked.WrittenMemory;
    }
}
