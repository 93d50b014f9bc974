using System.Text;
using Runner.Execution.Containers;
using Runner.Execution.Masking;
using Runner.Execution.Output;
using Runner.Execution.Processes;
using Runner.Testing;

namespace Runner.Execution.Tests.Masking;

/// <summary>No secret gets through, in whatever form, however a step's output is cut on its way.</summary>
public sealed class MaskerPropertyTests
{
    [Fact(Timeout = 120_000)]
    public Task No_form_of_a_secret_gets_through_wherever_the_output_is_cut() => Task.Run(() =>
    {
        var random = new Random(31);
        for (var round = 0; round < 300; round++)
        {
            using var step = new TestStep();
            var secret = Secret(random);
            step.Job.Masker.Add(secret);
            var forms = SecretVariants.Of(secret).Where(IsOneLine).Distinct().ToList();
            var output = string.Concat(forms.Select(form => $"{Filler(random)}{form}{Filler(random)}\n"));

            Print(step, output, random);

            AssertNothingThrough(step.Lines, forms, secret);
        }
    }, TestContext.Current.CancellationToken);

    [Fact(Timeout = 120_000)]
    public Task Encoders_of_the_platform_give_no_secret_away() => Task.Run(() =>
    {
        var random = new Random(32);
        for (var round = 0; round < 1_000; round++)
        {
            var secret = Secret(random).Trim();
            var masker = new SecretMasker();
            masker.Add(secret);
            string[] encoded =
            [
                secret,
                Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)),
                Uri.EscapeDataString(secret),
                System.Text.Json.JsonEncodedText.Encode(secret).Value,
                secret.Replace("'", "''", StringComparison.Ordinal),
                System.Security.SecurityElement.Escape(secret) ?? string.Empty,
            ];

            foreach (var form in encoded.Where(IsOneLine))
            {
                Assert.DoesNotContain(form, masker.MaskText($"a {form} b"), StringComparison.Ordinal);
            }
        }
    }, TestContext.Current.CancellationToken);

    [Fact(Timeout = 120_000)]
    public Task No_percent_encoding_gives_a_secret_away_whatever_it_encodes_and_wherever_the_output_is_cut() => Task.Run(() =>
    {
        var random = new Random(35);
        for (var round = 0; round < 300; round++)
        {
            using var step = new TestStep();
            var secret = Secret(random).Trim();
            step.Job.Masker.Add(secret);
            var forms = Enumerable.Range(0, 5).Select(_ => PercentEncode(secret, random)).ToList();

            Print(step, string.Concat(forms.Select(form => $"{Filler(random)}{form}{Filler(random)}\n")), random);

            Assert.All(step.Lines, line => Assert.DoesNotContain(line, letter => letter is not ('#' or '*')));
        }
    }, TestContext.Current.CancellationToken);

    [Fact(Timeout = 120_000)]
    public Task Secrets_in_base64_of_longer_texts_keep_nothing_but_their_edges() => Task.Run(() =>
    {
        var random = new Random(33);
        for (var round = 0; round < 1_000; round++)
        {
            var secret = "s3cr3t-" + Guid.NewGuid().ToString("N")[..(12 + random.Next(8))];
            var masker = new SecretMasker();
            masker.Add(secret);
            var before = new string('x', random.Next(3));

            // Padding only stands at the end of the text: in the middle, the last group mixes with what follows.
            var encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes(before + secret));
            var masked = masker.MaskText(encoded);

            Assert.Contains("***", masked, StringComparison.Ordinal);
            Assert.True(masked.Length <= "***".Length + 4, $"{encoded} became {masked}");
        }
    }, TestContext.Current.CancellationToken);

    [Fact(Timeout = 120_000)]
    public Task Piece_of_an_endless_line_is_never_cut_through_a_secret() => Task.Run(() =>
    {
        using var step = new TestStep();
        const string Secret = "the-one-secret-of-this-job";
        step.Job.Masker.Add(Secret);
        var random = new Random(34);
        var line = new StringBuilder();
        while (line.Length < LineReader.MaxLineBytes + (LineReader.MaxLineBytes / 8))
        {
            line.Append(random.Next(40) == 0 ? Secret : "0123456789");
        }

        Print(step, line.Append('\n').ToString(), random, most: 300_000);

        Assert.True(step.Lines.Count > 1, "The line was not cut");
        AssertNothingThrough([string.Concat(step.Lines)], [Secret], Secret);
    }, TestContext.Current.CancellationToken);

    [Theory(Timeout = 120_000)]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "a")]
    [InlineData("abababababababababababab-", "ab")]
    [InlineData("secret", "secret")]
    [InlineData("sec ret", "sec%20ret")]
    [InlineData("a b", "%2525%20+")]
    public Task Time_to_mask_a_line_grows_with_its_length(string secret, string repeated) => Task.Run(() =>
    {
        var masker = new SecretMasker();
        masker.Add(secret);
        var buffer = new MaskBuffer();

        Growth.AssertLinear(
            length => masker.MaskLine(Encoding.UTF8.GetBytes(new StringBuilder().Insert(0, repeated, length / repeated.Length).ToString()), buffer), 2_500_000);
    }, TestContext.Current.CancellationToken);

    private static string Secret(Random random)
    {
        string secret;
        do
        {
            secret = Some.Text(random, 24) + (random.Next(4) == 0 ? "\n" + Some.Text(random, 12) : string.Empty);
        }
        while (secret.Trim().Length < 6);
        return secret;
    }

    // Any byte may be encoded, what must be is; a blank may be a plus, if pluses are encoded.
    private static string PercentEncode(string text, Random random)
    {
        var (isPlusABlank, lower) = (random.Next(2) == 0, random.Next(2) == 0);
        var encoded = new StringBuilder();
        foreach (var symbol in Encoding.UTF8.GetBytes(text))
        {
            var mayStay = symbol is > 0x20 and < 0x7f and not (byte)'%' && !(isPlusABlank && symbol == '+');
            encoded.Append(symbol == ' ' && isPlusABlank ? "+"
                : mayStay && random.Next(3) > 0 ? ((char)symbol).ToString()
                : "%" + (lower ? symbol.ToString("x2", System.Globalization.CultureInfo.InvariantCulture) : symbol.ToString("X2", System.Globalization.CultureInfo.InvariantCulture)));
        }

        return encoded.ToString();
    }

    // Nothing in it can become a part of a form by standing beside one, or look like a command.
    private static string Filler(Random random) => new('#', random.Next(30));

    private static bool IsOneLine(string form) => form.AsSpan().IndexOfAny('\r', '\n') < 0;

    private static void Print(TestStep step, string output, Random random, int most = 12)
    {
        var cutter = new LineCutter(new StepOutput(step.Scope));
        var bytes = Encoding.UTF8.GetBytes(output).AsSpan();
        while (bytes.Length > 0)
        {
            var part = Math.Min(bytes.Length, random.Next(1, most));
            cutter.Write(bytes[..part]);
            bytes = bytes[part..];
        }

        cutter.End();
    }

    private static void AssertNothingThrough(IReadOnlyList<string> lines, IReadOnlyList<string> forms, string secret)
    {
        var found = lines.SelectMany(line => forms.Where(form => line.Contains(form, StringComparison.Ordinal)).Select(form => $"'{form}' of '{secret}' in '{line}'"));
        Assert.Empty(found.Take(3));
    }
}
