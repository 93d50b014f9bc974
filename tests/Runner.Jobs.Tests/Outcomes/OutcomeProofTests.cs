using System.Text;
using Runner.Jobs.Outcomes;

namespace Runner.Jobs.Tests.Outcomes;

public sealed class OutcomeProofTests
{
    private static readonly Secrets.Secret Key = OutcomeProof.NewKey();

    private static readonly (Conclusion Conclusion, bool IsReported)[] All =
        [.. Enum.GetValues<Conclusion>().SelectMany(conclusion => new[] { (conclusion, false), (conclusion, true) })];

    [Fact]
    public void Proof_holds_for_the_outcome_it_was_made_for_and_for_no_other()
    {
        var checks = OutcomeProof.ChecksOf(Key);

        foreach (var said in All)
        {
            var word = Outcome(said).Prove(Key).Proof;
            Assert.Equal([said], All.Where(other => OutcomeProof.Holds(Outcome(other) with { Proof = word }, checks)));
        }
    }

    [Fact]
    public void Proof_of_another_launch_is_none()
    {
        var outcome = Outcome((Conclusion.Succeeded, true)).Prove(OutcomeProof.NewKey());

        Assert.False(OutcomeProof.Holds(outcome, OutcomeProof.ChecksOf(Key)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("no base64")]
    [InlineData("AAAA")]
    public void Where_the_launcher_kept_no_checks_nothing_holds(string? checks)
    {
        Assert.False(OutcomeProof.Holds(Outcome((Conclusion.Succeeded, true)).Prove(Key), checks));
    }

    [Fact]
    public void What_a_launcher_keeps_holds_neither_the_key_nor_a_word()
    {
        var kept = Encoding.Latin1.GetString(Convert.FromBase64String(OutcomeProof.ChecksOf(Key)));

        Assert.All(All, said => Assert.DoesNotContain(
            Encoding.Latin1.GetString(Convert.FromHexString(OutcomeProof.WordOf(Key, said.Conclusion, said.IsReported))), kept, StringComparison.Ordinal));
        Assert.DoesNotContain(Encoding.Latin1.GetString(Convert.FromHexString(Key.Reveal())), kept, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("\u00e4")]
    [InlineData("\u0001")]
    [InlineData("\U0001F600")]
    public void Outcome_of_any_reason_fits_into_a_termination_message(string letter)
    {
        var outcome = Outcome((Conclusion.Failed, false)).Prove(Key) with { Reason = string.Concat(Enumerable.Repeat(letter, 5000)) };

        var json = outcome.ToJson();

        Assert.True(json.Length <= WorkerOutcome.MaxBytes);
        Assert.True(WorkerOutcome.TryParse(Encoding.UTF8.GetString(json), out var read));
        Assert.StartsWith(letter, read?.Reason, StringComparison.Ordinal);
    }

    private static WorkerOutcome Outcome((Conclusion Conclusion, bool IsReported) said) => new() { Conclusion = said.Conclusion, IsReported = said.IsReported };
}
