using System.Runtime.InteropServices;
using System.Text;

namespace Runner.Execution.Processes;

/// <summary>A null-terminated array of C strings in one block of native memory: <c>argv</c> or <c>envp</c>.</summary>
internal readonly unsafe struct NativeStrings : IDisposable
{
    private readonly byte** _pointers;

    /// <exception cref="ProcessStartException">A text holds a NUL character.</exception>
    public NativeStrings(IReadOnlyList<string> texts)
    {
        var tableBytes = (texts.Count + 1) * sizeof(byte*);
        var textBytes = 0;
        foreach (var text in texts)
        {
            if (text.Contains('\0', StringComparison.Ordinal))
            {
                throw new ProcessStartException("An argument of the step holds a NUL character (\\0), which no process can be given");
            }

            textBytes += Encoding.UTF8.GetByteCount(text) + 1;
        }

        _pointers = (byte**)NativeMemory.Alloc((nuint)(tableBytes + textBytes));
        Size = textBytes;

        var next = (byte*)_pointers + tableBytes;
        var end = next + textBytes;
        for (var i = 0; i < texts.Count; i++)
        {
            _pointers[i] = next;
            next += Encoding.UTF8.GetBytes(texts[i], new Span<byte>(next, (int)(end - next)));
            *next++ = 0;
        }

        _pointers[texts.Count] = null;
    }

    /// <summary>The array. It lives until this is disposed.</summary>
    public byte** Pointers => _pointers;

    /// <summary>Bytes of all texts together.</summary>
    public int Size { get; }

    public void Dispose() => NativeMemory.Free(_pointers);
}
