using System.Text;
using CsCheck;
using Runner.Execution.Masking;

namespace Runner.Execution.Tests.Masking;

public sealed class SecretMaskerTests
{
    private readonly SecretMasker _masker = new();

    public static TheoryData<string, string> Forms => new()
    {
        // secret                       form in the log
        { "pa\"ss'w&rd<>",              "pa\"ss'w&rd<>" },
        { "pa\"ss'w&rd<>",              Base64("pa\"ss'w&rd<>") },
        { "pa\"ss'w&rd<>",              Base64("a\"ss'w&rd<>") },
        { "pa\"ss'w&rd<>",              Base64("\"ss'w&rd<>") },
        { "pa\"ss'w&rd<>",              "pa\\\"ss'w&rd<>" },
        { "pa\"ss'w&rd<>",              "pa\"ss''w&rd<>" },
        { "pa\"ss\\w\trd",              "pa\\\"ss\\\\w\\trd" },
        { "pass<word",                  "pass\\u003Cword" },
        { "pa ss/w+rd",                 "pa%20ss%2Fw%2Brd" },
        { "pa\"ss'w&rd<>",              "pa&quot;ss&apos;w&amp;rd&lt;&gt;" },
        { "\"quoted secret\"",          "quoted secret" },
        { "first-part&+second-part",    "first-part&" },
        { "first-part&+second-part",    "second-part" },
        { "one&second-&last-part",      "one&second-&" },
        { "one&second-&last-part",      "last-part" },
        { "  trimmed\n",                "trimmed" },
        { "line one\n  line two\r\n",   "line one" },
        { "line one\n  line two\r\n",   "line two" },
        { "line one\nline two",         Base64("line two") },
        { "pa ss/w+rd",                 "pa%20ss%2fw%2brd" },         // .NET's HttpUtility
        { "pa ss/w+rd",                 "pa%20ss/w%2Brd" },           // Python's quote
        { "pa ss/w+rd",                 "pa+ss%2Fw%2Brd" },           // forms, Java, Go's QueryEscape
        { "pa ss/w+rd",                 "pa+ss/w%2brd" },
        { "pa ss/w+rd",                 "pa%2520ss%252Fw%252Brd" },   // an address within an address
        { "pa ss/w+rd",                 "%70%61%20%73%73%2F%77%2B%72%64" },
        { "(it's)~*!",                  "(it's)~*!" },                // encodeURIComponent
        { "(it's)~*!",                  "%28it%27s%29%7E%2A%21" },    // quote, QueryEscape
        { "(it's)~*!",                  "(it%27s)%7e*!" },
        { "one two",                    "one+two" },
        { "a%20b-secret",               "a%20b-secret" },             // encoded as it is
        { "pä€😀-x",                     "p%c3%a4%e2%82%ac%F0%9F%98%80-x" },
        { "line one\nline two",         "line%20one%0Aline%20two" },
        { "wxyz?>secret",               Base64("wxyz?>secret").Replace("+", "%2B").Replace("/", "%2f") },
        { "wxyz?>secret",               Base64("wxyz?>secret").Replace('+', '-').Replace('/', '_') },
        { "wxyz?>secre",                Base64("wxyz?>secre").TrimEnd('=') },
        { "hush\u00e4",                 "68757368c3a4" },
        { "hush\u00e4",                 "68757368C3A4" },
        { "{\"user\": \"u-123\", \"pin\": 123456, \"in\": [{\"deep\": \"a\\\"b\\\\c\"}]}", "u-123" },
        { "{\"user\": \"u-123\", \"pin\": 123456, \"in\": [{\"deep\": \"a\\\"b\\\\c\"}]}", "123456" },
        { "{\"user\": \"u-123\", \"pin\": 123456, \"in\": [{\"deep\": \"a\\\"b\\\\c\"}]}", "a\"b\\c" },
        { "{\"user\": \"u-123\", \"pin\": 123456, \"in\": [{\"deep\": \"a\\\"b\\\\c\"}]}", "a%22b%5cc" },
        { "{\"key\": \"-----BEGIN\\nabcdef\\n-----END\"}", "abcdef" },
        { "[\"first\", \"second\"]",    "second" },
        { "s",                          "s" },
        { "pä€😀",                      "pä€😀" },
    };

    public static TheoryData<string[], string, string> Overlaps => new()
    {
        // secrets              line                masked
        { ["abc"],              "xabcx",            "x***x" },
        { ["abc"],              "abcabc",           "***" },         // touching
        { ["abc", "cde"],       "abcde!",           "***!" },        // overlapping
        { ["abcd", "bc"],       "abcd bc abc",      "*** *** a***" },
        { ["abcx", "bcy"],      "abcy",             "a***" },        // needs the fallback
        { ["aaa"],              "aa",               "aa" },
        { ["aaa"],              "aaaaa",            "***" },
        { ["q", "zz"],          "aqz zzq",          "a***z ***" },   // a secret of one byte, also as the last byte
        { ["abc"],              "ab",               "ab" },
        { ["***"],              "a***b",            "a***b" },
        { [],                   "nothing",          "nothing" },
    };

    [Theory, MemberData(nameof(Forms))]
    public void Every_form_of_a_secret_is_masked(string secret, string form)
    {
        _masker.Add(secret);

        Assert.Equal("key: *** end", _masker.MaskText($"key: {form} end"));
    }

    [Theory, MemberData(nameof(Overlaps))]
    public void Hits_that_overlap_or_touch_become_one(string[] secrets, string line, string masked)
    {
        Array.ForEach(secrets, _masker.Add);

        Assert.Equal(masked, _masker.MaskText(line));
    }

    [Theory]
    [InlineData("{\"on\": true, \"no\": \"false\", \"n\": 12, \"in\": \"eu\", \"x\": null}", "true false 12 eu null on")]
    [InlineData("{no json}", "no json")]
    [InlineData("[", "[x]")]
    public void Words_that_a_JSON_secret_shares_with_every_log_stay_readable(string secret, string line)
    {
        _masker.Add(secret);

        Assert.Equal(line.Replace("[", secret == "[" ? "***" : "[", StringComparison.Ordinal), _masker.MaskText(line));
    }

    [Theory]
    [InlineData("100% of a%zz %4 %")]
    [InlineData("50%25 done, a%20b")]
    [InlineData("1+1 = 2")]
    public void Line_without_a_secret_stays_as_it_is_however_it_is_encoded(string line)
    {
        _masker.Add("two words");

        Assert.Same(line, _masker.MaskText(line));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\n")]
    [InlineData(null)]
    public void Empty_secret_masks_nothing(string? secret)
    {
        _masker.Add(secret);

        Assert.Equal("a  b", _masker.MaskText("a  b"));
    }

    [Fact]
    public void Line_without_secrets_is_handed_back_as_it_is()
    {
        _masker.Add("secret");
        var line = "a line like any other"u8;

        var masked = _masker.MaskLine(line, new MaskBuffer());

        Assert.True(masked == line);
    }

    [Theory]
    [InlineData("s3cr3t", "a s3cr3t b", "a *** b")]
    [InlineData(@"a\.b\\c\ d", @"x a.b\c d", "x ***")]
    [InlineData(@"first\nsecond", "second", "***")]
    [InlineData("tok_[0-9]+", "x tok_123 tok_4 tok_", "x *** *** tok_")]
    [InlineData("(?i)key=\\w+", "ä KEY=öж x", "ä *** x")]
    [InlineData("[", "a [ b", "a *** b")] // No expression: taken as a text.
    public void Regular_expressions_are_masked(string expression, string line, string masked)
    {
        _masker.AddPattern(expression);

        Assert.Equal(masked, _masker.MaskText(line));
    }

    [Fact]
    public void Regular_expression_finds_its_place_among_bytes_that_are_no_text()
    {
        _masker.AddPattern("tok_[0-9]+");
        _masker.Add("plain");
        byte[] line = [0xFF, 0xC3, .. "plain tok_12"u8, 0xFE];

        var masked = _masker.MaskLine(line, new MaskBuffer());

        Assert.Equal([0xFF, 0xC3, .. "*** ***"u8, 0xFE], masked.ToArray());
    }

    [Fact(Timeout = 30_000)]
    public async Task Regular_expression_that_takes_for_ever_masks_the_whole_line()
    {
        await Task.Yield();
        _masker.AddPattern("^(a+)+$");

        Assert.Equal("***", _masker.MaskText(new string('a', 40) + "b"));
    }

    [Fact(Timeout = 30_000)]
    public async Task Ten_megabytes_in_a_line_take_linear_time_whatever_the_secret()
    {
        await Task.Yield();
        _masker.Add(new string('a', 1000) + "b");
        _masker.Add(new string('a', 999) + "c");
        var line = new byte[10_000_000];
        Array.Fill(line, (byte)'a');

        var masked = _masker.MaskLine(line, new MaskBuffer());

        Assert.True(masked == line);
    }

    [Fact(Timeout = 60_000)]
    public async Task Secrets_can_be_added_while_lines_are_masked()
    {
        const int Count = 300;
        var adding = Task.Run(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                _masker.Add($"secret-{i:000}-end");
                Assert.Equal("***", _masker.MaskText($"secret-{i:000}-end"));
            }
        }, TestContext.Current.CancellationToken);

        var buffer = new MaskBuffer();
        while (!adding.IsCompleted)
        {
            _ = _masker.MaskLine("some line with secret-299-end in it"u8, buffer);
        }

        await adding;
        Assert.Equal("some line with *** in it", Encoding.UTF8.GetString(_masker.MaskLine("some line with secret-299-end in it"u8, buffer)));
    }

    [Fact]
    public void Cut_in_a_long_line_spares_secrets()
    {
        _masker.Add("a-long-secret-0123456789");
        var line = Encoding.UTF8.GetBytes(new string('x', 100) + "a-long-secret-0123456789" + new string('y', 10));

        var cut = _masker.SafeCut(line);

        Assert.True(cut <= 100);
        Assert.Equal(new string('x', cut), Encoding.UTF8.GetString(line, 0, cut));
    }

    [Fact]
    public void Parts_of_a_cut_line_are_masked_as_the_whole_line_is()
    {
        string[] pieces = ["key-0123", "a-long-secret-0123456789", "#", "########", "a-long-", "%6Bey-0123"];
        _masker.Add(pieces[0]);
        _masker.Add(pieces[1]);
        Gen.Int[0, pieces.Length - 1].Select(index => pieces[index]).List[20, 60].Sample(line =>
        {
            var bytes = Encoding.UTF8.GetBytes("#" + string.Concat(line));

            var cut = _masker.SafeCut(bytes);

            Assert.Equal(Masked(bytes), Masked(bytes.AsSpan(0, cut)) + Masked(bytes.AsSpan(cut)));
        });
    }

    [Fact]
    public void Log_takes_of_an_overlong_line_what_ends_before_a_secret()
    {
        using var step = new TestStep();
        step.Job.Masker.Add("a-long-secret-0123456789");
        var line = Encoding.UTF8.GetBytes(new string('x', 4000) + "a-long-secret-0123456789" + new string('y', 20));

        var taken = step.Log.WriteOverlong(line);
        step.Log.Write(line.AsSpan(taken));

        Assert.Equal([new string('x', taken), new string('x', 4000 - taken) + "***" + new string('y', 20)], step.Lines);
    }

    private string Masked(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(_masker.MaskLine(text, new MaskBuffer()));

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
