using System.Text.Json;
using Runner.Jobs.Errors;
using Runner.Jobs.Launch;
using Runner.Testing;
using Runner.Worker.Jobs;

namespace Runner.Worker.Tests.Jobs;

public sealed class PayloadReaderTests : IDisposable
{
    private static readonly DateTimeOffset Started = new(2026, 1, 31, 8, 0, 5, TimeSpan.Zero);

    private readonly TempFolder _folder = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_payload_file_is_gone_once_it_is_read()
    {
        var payload = Some.Payload(Some.Job(), _folder.FullPath);
        File.WriteAllBytes(_folder["payload.json"], JsonSerializer.SerializeToUtf8Bytes(payload, PayloadJson.Default.LaunchPayload));
        SetupNote.Leave(_folder.FullPath, Started.AddSeconds(-2));

        var read = await PayloadReader.ReadAsync(_folder["payload.json"], Started, Cancelled);

        Assert.Equal(payload.Job.JobId, read.Job.JobId);
        Assert.Equal((Started.AddSeconds(-2), Started), (read.Times.SetUp, read.Times.ContainersStarted));
        Assert.Empty(Directory.GetFiles(_folder.FullPath));
    }

    [Fact]
    public async Task Times_that_the_backend_knows_stay()
    {
        var scheduled = Started.AddSeconds(-9);
        var payload = Some.Payload(Some.Job(), _folder.FullPath);
        payload = payload with { Times = payload.Times with { Scheduled = scheduled } };
        File.WriteAllBytes(_folder["payload.json"], JsonSerializer.SerializeToUtf8Bytes(payload, PayloadJson.Default.LaunchPayload));
        SetupNote.Leave(_folder.FullPath, Started.AddSeconds(-3));

        var read = await PayloadReader.ReadAsync(_folder["payload.json"], Started, Cancelled);

        Assert.Equal((scheduled, Started.AddSeconds(-3)), (read.Times.Scheduled, read.Times.SetUp)); // a node is chosen long before its image is there
    }

    [Fact]
    public async Task A_malformed_payload_tells_its_place_and_not_its_text_and_is_gone_too()
    {
        File.WriteAllText(_folder["payload.json"], """{"job":"s3cr3t","paths":{"outcome":"/somewhere"}}""");

        var exception = await Assert.ThrowsAsync<PayloadException>(() => PayloadReader.ReadAsync(_folder["payload.json"], Started, Cancelled));

        Assert.Equal("The launch payload cannot be read: bad or missing value at $.job", exception.Message);
        Assert.Equal("/somewhere", exception.OutcomePath);
        Assert.Empty(Directory.GetFiles(_folder.FullPath));
    }

    [Fact]
    public async Task A_payload_that_is_not_there_is_an_infrastructure_failure()
    {
        var exception = await Assert.ThrowsAsync<InfrastructureException>(() => PayloadReader.ReadAsync(_folder["payload.json"], Started, Cancelled));

        Assert.StartsWith($"The launch payload '{_folder["payload.json"]}' must be readable and removable: ", exception.Message, StringComparison.Ordinal);
    }
}
