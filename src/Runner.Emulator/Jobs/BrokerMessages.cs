using System.Text.Json;
using Runner.Protocol.Broker;

namespace Runner.Emulator.Jobs;

/// <summary>Messages that the broker sends (<c>sessions-and-messages.md</c> section 5).</summary>
internal static class BrokerMessages
{
    public static RunnerMessage Job(long number, JobState job, Uri runService) => new()
    {
        MessageId = number,
        MessageType = RunnerMessageTypes.RunnerJobRequest,
        Body = JsonSerializer.Serialize(
            new RunnerJobRequest
            {
                Id = job.RequestId,
                RunnerRequestId = job.RequestId,
                ShouldAcknowledge = true,
                RunServiceUrl = runService.AbsoluteUri,
                BillingOwnerId = "emulator",
            },
            BrokerJson.Default.RunnerJobRequest),
    };

    public static RunnerMessage Cancellation(long number, JobState job) => new()
    {
        MessageId = number,
        MessageType = RunnerMessageTypes.JobCancellation,
        Body = JsonSerializer.Serialize(
            new JobCancellation { JobId = job.Id.Value, Timeout = job.CancelTimeout }, BrokerJson.Default.JobCancellation),
    };
}
