using Microsoft.Extensions.Logging.Abstractions;
using Runner.Jobs.Outcomes;
using Runner.Testing;
using Runner.Worker.Jobs;

namespace Runner.Worker.Tests.Jobs;

public sealed class OutcomeFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_later_outcome_takes_the_place_of_an_earlier_one_and_leaves_no_draft()
    {
        var file = new OutcomeFile(_folder["outcome"], key: null, NullLogger.Instance);

        Assert.True(file.Write(Outcome(isReported: false)));
        Assert.True(file.Write(Outcome(isReported: true)));

        Assert.True(Read("outcome").IsReported);
        Assert.Single(Directory.GetFiles(_folder.FullPath));
    }

    [Fact]
    public void Where_no_draft_can_be_made_it_is_written_in_place()
    {
        File.WriteAllText(_folder["outcome"], new string('x', 5000));
        Directory.CreateDirectory(_folder["outcome.new"]); // takes the draft's name

        Assert.True(new OutcomeFile(_folder["outcome"], key: null, NullLogger.Instance).Write(Outcome(isReported: true)));

        Assert.True(Read("outcome").IsReported);
    }

    [Fact]
    public void A_place_that_does_not_exist_is_told()
    {
        Assert.False(new OutcomeFile(_folder["missing/outcome"], key: null, NullLogger.Instance).Write(Outcome(isReported: true)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void It_shows_by_its_key_that_the_worker_wrote_it(bool isReported)
    {
        var key = OutcomeProof.NewKey();

        new OutcomeFile(_folder["outcome"], key.Reveal(), NullLogger.Instance).Write(Outcome(isReported));

        Assert.True(OutcomeProof.Holds(Read("outcome"), OutcomeProof.ChecksOf(key)));
        Assert.DoesNotContain(key.Reveal(), File.ReadAllText(_folder["outcome"]), StringComparison.Ordinal);
    }

    private static WorkerOutcome Outcome(bool isReported) => new() { Conclusion = Conclusion.Failed, IsReported = isReported };

    private WorkerOutcome Read(string name)
    {
        Assert.True(WorkerOutcome.TryParse(File.ReadAllText(_folder[name]), out var outcome));
        return outcome!; // parsed, by the line above
    }
}
