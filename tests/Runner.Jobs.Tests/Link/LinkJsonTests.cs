using System.Buffers;
using System.Text;
using System.Text.Json;
using Runner.Jobs.Link;
using Runner.Testing;

namespace Runner.Jobs.Tests.Link;

public sealed class LinkJsonTests
{
    [Fact]
    public void Events_are_lines_as_the_golden_file_shows()
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = new EventLineWriter();

        foreach (var workerEvent in SomeEvents.All)
        {
            writer.Write(workerEvent, output);
        }

        Golden.Check("events.txt", Encoding.UTF8.GetString(output.WrittenSpan));
    }

    [Fact]
    public void Requests_and_results_are_written_as_the_golden_file_shows()
    {
        var requests = SomeEvents.Requests.Select(request => JsonSerializer.Serialize(request, LinkJson.Default.WorkerRequest));
        var results = SomeEvents.Results.Select(result => JsonSerializer.Serialize(result, LinkJson.Default.RequestResult));

        Golden.Check("requests.txt", string.Join('\n', requests.Concat(results)));
    }

    [Fact]
    public void Requests_and_results_come_back_as_they_were()
    {
        Assert.All(SomeEvents.Requests, request => Assert.Equivalent(
            request, JsonSerializer.Deserialize(JsonSerializer.Serialize(request, LinkJson.Default.WorkerRequest), LinkJson.Default.WorkerRequest), strict: true));
        Assert.All(SomeEvents.Results, result => Assert.Equivalent(
            result, JsonSerializer.Deserialize(JsonSerializer.Serialize(result, LinkJson.Default.RequestResult), LinkJson.Default.RequestResult), strict: true));
    }
}
