using System.Text.Json;
using Runner.Jobs.Data;
using Runner.Jobs.Messages;

namespace Runner.Jobs.Tests;

/// <summary>Data as deep as they may be pass in a job's message.</summary>
public sealed class JsonDepthTests
{
    [Fact]
    public void Message_with_the_deepest_data_is_written_and_read()
    {
        var message = new JobMessage
        {
            Plan = new PlanReference { PlanId = new PlanId(Guid.Empty) },
            JobId = new JobId(Guid.Empty),
            ContextData = new Dictionary<string, ContextData> { ["github"] = Deep(JsonDepth.MaxData) },
        };

        var json = JsonSerializer.SerializeToUtf8Bytes(message, JobMessageJson.Default.JobMessage);
        var read = JsonSerializer.Deserialize(json, JobMessageJson.Default.JobMessage);

        Assert.Equal(JsonDepth.MaxData, DepthOf(read?.ContextData["github"]));
    }

    [Fact]
    public void Depth_is_counted_in_lists_and_objects()
    {
        Assert.True(Is("1", 0));
        Assert.True(Is("[[1]]", 2));
        Assert.False(Is("[[1]]", 1));
        Assert.True(Is("{\"a\": [{\"b\": 1}, 2]}", 3));
        Assert.False(Is("{\"a\": [{\"b\": 1}, 2]}", 2));

        static bool Is(string json, int levels)
        {
            using var document = JsonDocument.Parse(json);
            return JsonDepth.IsWithin(document.RootElement, levels);
        }
    }

    private static ContextData Deep(int levels) => levels == 0
        ? new StringData("x")
        : levels % 2 == 0 ? new DictionaryData([KeyValuePair.Create("k", Deep(levels - 1))]) : new ArrayData([Deep(levels - 1)]);

    private static int DepthOf(ContextData? data) => data switch
    {
        DictionaryData dictionary => 1 + DepthOf(dictionary.Entries[0].Value),
        ArrayData array => 1 + DepthOf(array.Items[0]),
        _ => 0,
    };
}
