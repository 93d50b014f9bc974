using System.Buffers;
using System.Security.Cryptography;
using Runner.Execution.Files;
using Runner.Execution.Globbing;
using Runner.Expressions.Values;
using Runner.Jobs.Errors;

namespace Runner.Execution.Contexts;

/// <summary>The function <c>hashFiles</c> (<c>expressions.md</c> section 6).</summary>
internal sealed class HashFiles(string workspace, string? home, TimeProvider time)
{
    private const int BufferBytes = 128 * 1024;
    private const string FollowOption = "--follow-symbolic-links";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>The hash over the files that the patterns choose, in hex; empty where they choose none.</summary>
    /// <exception cref="ExpressionException">A pattern is not valid, a file cannot be read, or it takes too long.</exception>
    public Value Compute(IReadOnlyList<Value> arguments)
    {
        var texts = arguments.Select(argument => argument.ToText()).ToList();
        var shown = string.Join(", ", texts.Select(text => $"'{text}'"));
        var follows = texts is [var first, ..] && first.StartsWith("--", StringComparison.Ordinal);
        if (follows)
        {
            if (!texts[0].Equals(FollowOption, StringComparison.OrdinalIgnoreCase))
            {
                throw Fail($"Invalid glob option {texts[0]}, available option: '{FollowOption}'.");
            }

            texts.RemoveAt(0);
        }

        try
        {
            return new StringValue(Hash(new GlobWalker(Parse(texts), follows), shown));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or WorkflowException)
        {
            throw Fail($"hashFiles({shown}) failed. Fail to hash files under directory '{workspace}': {error.Message}");
        }
    }

    private static ExpressionException Fail(string message) => new(ExpressionErrorKind.Evaluation, message);

    private List<GlobPattern> Parse(List<string> texts) =>
    [
        .. string.Join('\n', texts)
            .Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith('#'))
            .SelectMany(line => GlobPattern.Parse(line, workspace, home)),
    ];

    private string Hash(GlobWalker walker, string shown)
    {
        var start = time.GetTimestamp();
        var below = workspace.TrimEnd('/') + "/";
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var isEmpty = true;
        foreach (var file in walker.Files().Where(file => file.StartsWith(below, StringComparison.Ordinal) && !Directory.Exists(file)))
        {
            all.AppendData(HashOf(file, start, shown));
            isEmpty = false;
        }

        return isEmpty ? string.Empty : Convert.ToHexStringLower(all.GetHashAndReset());
    }

    // In parts: a single file may take longer than the whole call may.
    private byte[] HashOf(string file, long start, string shown)
    {
        using var handle = RegularFile.Open(file);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var offset = 0L;
            while (RandomAccess.Read(handle, buffer, offset) is > 0 and var read)
            {
                hash.AppendData(buffer, 0, read);
                offset += read;
                if (time.GetElapsedTime(start) > Limit)
                {
                    throw Fail($"hashFiles({shown}) couldn't finish within {Limit.TotalSeconds} seconds.");
                }
            }

            return hash.GetHashAndReset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
