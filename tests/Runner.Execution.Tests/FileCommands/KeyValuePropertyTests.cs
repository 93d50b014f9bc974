using System.Text;
using Runner.Execution.FileCommands;
using Runner.Testing;

namespace Runner.Execution.Tests.FileCommands;

public sealed class KeyValuePropertyTests
{
    private const int Rounds = 5_000;

    private static readonly string[] Pieces = ["A", "=", "<<", "EOF", "\n", "\r\n", " ", "<", "value", "é", "\0", "\n\n", "EOF\n"];

    [Fact]
    public void No_file_makes_the_reader_throw_anything_but_its_own_error()
    {
        var random = new Random(21);
        var (read, refused) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(16)).Select(_ => Pieces[random.Next(Pieces.Length)]));
            try
            {
                read += KeyValueFile.Read(text).Count();
            }
            catch (FileCommandException)
            {
                refused++;
            }
        }

        Assert.True(read > 100 && refused > 100, $"{read} pairs, {refused} refusals: the texts are no good");
    }

    [Fact]
    public void What_toolkits_write_is_read_back()
    {
        var random = new Random(22);
        for (var round = 0; round < Rounds; round++)
        {
            var value = Some.Text(random, 40);

            var read = KeyValueFile.Read($"NAME<<ghadelimiter_1\n{value}\nghadelimiter_1\n");

            Assert.Equal(KeyValuePair.Create("NAME", value), Assert.Single(read));
        }
    }

    [Theory(Timeout = 120_000)]
    [InlineData("A<<EOF\n", "line\n")]
    [InlineData("A=", "x")]
    [InlineData("", "A=1\n")]
    [InlineData("A<<EOF\n", "EO")]
    public Task Time_for_a_file_grows_with_its_length(string start, string repeated) => Task.Run(
        () => Growth.AssertLinear(length => Read(start + new StringBuilder().Insert(0, repeated, length / repeated.Length) + "\nEOF\n"), 2 * 1024 * 1024),
        TestContext.Current.CancellationToken);

    private static void Read(string text)
    {
        try
        {
            Assert.NotEmpty(KeyValueFile.Read(text).ToList());
        }
        catch (FileCommandException)
        {
            // "EOF" without a value is no pair.
        }
    }
}
