using System.Text;
using Runner.Jobs.Outcomes;

namespace Runner.Backends.Tests;

public sealed class OutcomeRulesTests
{
    private static readonly Jobs.Secrets.Secret Key = OutcomeProof.NewKey();

    [Theory]
    [InlineData(Conclusion.Succeeded,           false, 0,    true)]
    [InlineData(Conclusion.Succeeded,           false, 69,   true)]
    [InlineData(Conclusion.Succeeded,           false, null, true)]
    [InlineData(Conclusion.Succeeded,           false, 1,    false)]
    [InlineData(Conclusion.Succeeded,           false, 70,   false)]
    [InlineData(Conclusion.Succeeded,           false, 137,  false)]
    [InlineData(Conclusion.SucceededWithIssues, false, 139,  false)]
    [InlineData(Conclusion.Succeeded,           true,  137,  true)] // GitHub has it already
    [InlineData(Conclusion.Failed,              false, 137,  true)]
    [InlineData(Conclusion.Canceled,            false, 137,  true)]
    public void Success_of_a_worker_that_did_not_end_by_itself_is_none(Conclusion conclusion, bool isReported, int? exitCode, bool counts)
    {
        var outcome = new WorkerOutcome { Conclusion = conclusion, IsReported = isReported };

        Assert.Equal(counts, OutcomeRules.Accept(Text(outcome.Prove(Key)), OutcomeProof.ChecksOf(Key), exitCode) is not null);
        Assert.Null(OutcomeRules.Accept(Text(outcome), OutcomeProof.ChecksOf(Key), exitCode));
    }

    private static string Text(WorkerOutcome outcome) => Encoding.UTF8.GetString(outcome.ToJson());
}
