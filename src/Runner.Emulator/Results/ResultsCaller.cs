using Microsoft.AspNetCore.Http;
using Runner.Emulator.Jobs;
using Runner.Emulator.Tokens;
using Runner.Jobs;

namespace Runner.Emulator.Results;

/// <summary>Finds the job that a call to the results service is about, and checks that the call carries that job's token.</summary>
internal sealed class ResultsCaller(TokenIssuer tokens, JobBoard board)
{
    /// <summary>The job, or <c>null</c> with the answer to give.</summary>
    public JobState? Job(HttpContext http, string? plan, string? job, out IResult refusal)
    {
        if (tokens.Read(RequestToken.Of(http.Request)) is not { Kind: TokenKind.Job } claims)
        {
            refusal = TwirpError.Unauthenticated();
            return null;
        }

        if (!Guid.TryParse(plan, out var planId) || !Guid.TryParse(job, out var jobId))
        {
            refusal = TwirpError.Malformed("workflow_run_backend_id and workflow_job_run_backend_id must be GUIDs");
            return null;
        }

        var found = claims.IsFor(new PlanId(planId), new JobId(jobId)) ? board.Find(new JobId(jobId)) : null;
        refusal = TwirpError.Denied();
        return found;
    }
}
