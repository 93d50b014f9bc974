using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using Runner.Execution.Masking;
using Runner.Jobs;
using Runner.Jobs.Outcomes;

namespace Runner.Execution.Reporting;

/// <summary>The log of one step: masks what is written, counts lines, and keeps the annotations. Safe from any thread.</summary>
internal sealed class StepLog(StepId step, int number, IJobReporter reporter, SecretMasker masker, bool isDebug)
{
    /// <summary>Most annotations of each level that a step keeps (<c>worker-semantics.md</c> section 8).</summary>
    public const int MaxAnnotationsPerLevel = 10;

    private const int MaxMessageLength = 4096;

    private readonly Lock _lock = new();
    private readonly MaskBuffer _buffer = new();
    private ImmutableArray<Annotation> _annotations = [];
    private long _lines;

    /// <summary>Whether debug lines are shown.</summary>
    public bool IsDebug { get; } = isDebug;

    /// <summary>Lines written so far.</summary>
    public long Lines
    {
        get
        {
            lock (_lock)
            {
                return _lines;
            }
        }
    }

    /// <summary>Annotations made so far.</summary>
    public ImmutableArray<Annotation> Annotations
    {
        get
        {
            lock (_lock)
            {
                return _annotations;
            }
        }
    }

    /// <summary>Writes one line of output.</summary>
    public void Write(ReadOnlySpan<byte> line)
    {
        lock (_lock)
        {
            reporter.WriteLine(step, masker.MaskLine(line, _buffer));
            _lines++;
        }
    }

    /// <summary>Writes a text; line feeds in it make further lines under the same time.</summary>
    public void Write(string text)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        var line = bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes));
        lock (_lock)
        {
            reporter.WriteLine(step, masker.MaskLine(line, _buffer));
            _lines += 1 + line.Count((byte)'\n');
        }

        ArrayPool<byte>.Shared.Return(bytes);
    }

    /// <summary>Writes lines that can be folded under a title.</summary>
    public void WriteGroup(string title, IEnumerable<string> lines)
    {
        Write($"##[group]{title}");
        foreach (var line in lines)
        {
            Write(line);
        }

        Write("##[endgroup]");
    }

    /// <summary>Writes a line that is shown in debug mode only.</summary>
    public void Debug(string text)
    {
        if (!IsDebug)
        {
            return;
        }

        foreach (var line in text.Split('\n'))
        {
            Write($"##[debug]{line.TrimEnd('\r')}");
        }
    }

    /// <summary>Writes a warning and keeps it as an annotation.</summary>
    public void Warning(string message) => Issue(new Annotation { Level = AnnotationLevel.Warning, Message = message });

    /// <summary>Writes an error and keeps it as an annotation.</summary>
    public void Error(string message) => Issue(new Annotation { Level = AnnotationLevel.Failure, Message = message });

    /// <summary>
    /// Writes an annotation's message and keeps it, as long as there are not too many. One without a place points to its log line.
    /// </summary>
    public void Issue(Annotation annotation) => Issue(annotation, annotation.Message);

    /// <summary>The same under another text: the log has the line of output in which it was found.</summary>
    public void Issue(Annotation annotation, string text)
    {
        lock (_lock)
        {
            var line = _lines + 1;
            Write(Tag(annotation.Level) + text);
            if (string.IsNullOrWhiteSpace(annotation.Message)
                || _annotations.Count(kept => kept.Level == annotation.Level) >= MaxAnnotationsPerLevel)
            {
                return;
            }

            var hasPlace = annotation.Path is not null || annotation.StartLine != 0;
            _annotations = _annotations.Add(annotation with
            {
                Message = Cut(masker.MaskText(annotation.Message)),
                Title = annotation.Title is null ? null : masker.MaskText(annotation.Title),
                Path = annotation.Path is null ? null : masker.MaskText(annotation.Path),
                StartLine = hasPlace ? annotation.StartLine : line,
                EndLine = hasPlace ? annotation.EndLine : line,
                StepNumber = number,
            });
        }
    }

    /// <summary>Where a line too long to be kept may be cut; see <see cref="SecretMasker.SafeCut"/>.</summary>
    public int WriteOverlong(ReadOnlySpan<byte> start)
    {
        var cut = masker.SafeCut(start);
        cut = cut == 0 ? start.Length : cut;
        Write(start[..cut]);
        return cut;
    }

    private static string Tag(AnnotationLevel level) => level switch
    {
        AnnotationLevel.Failure => "##[error]",
        AnnotationLevel.Warning => "##[warning]",
        AnnotationLevel.Notice => "##[notice]",
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "Not an annotation level"),
    };

    private static string Cut(string message) => message.Length <= MaxMessageLength ? message : message[..MaxMessageLength];
}
