using CsCheck;
using Runner.Execution.Masking;

namespace Runner.Execution.Tests.Masking;

public sealed class PatternAutomatonTests
{
    private static readonly Gen<byte[]> Text = Gen.Byte[(byte)'a', (byte)'c'].Array[0, 40];

    [Fact]
    public void Finds_what_a_plain_search_finds()
    {
        var pattern = Gen.Byte[(byte)'a', (byte)'c'].Array[1, 6];

        Gen.Select(pattern.Array[0, 8], Text).Sample((patterns, text) =>
        {
            var hits = new HitList();
            new PatternAutomaton(patterns).Find(text, hits);

            Assert.Equal(Covered(patterns, text), Enumerable.Range(0, text.Length).Select(i => Enumerable.Range(0, hits.Count).Any(hit => hits[hit].Start <= i && i < hits[hit].End)));
            Assert.All(Enumerable.Range(1, Math.Max(0, hits.Count - 1)), i => Assert.True(hits[i - 1].End < hits[i].Start));
        });
    }

    private static bool[] Covered(byte[][] patterns, byte[] text)
    {
        var covered = new bool[text.Length];
        foreach (var pattern in patterns)
        {
            for (var i = 0; i + pattern.Length <= text.Length; i++)
            {
                if (text.AsSpan(i, pattern.Length).SequenceEqual(pattern))
                {
                    Array.Fill(covered, true, i, pattern.Length);
                }
            }
        }

        return covered;
    }
}
