using System.Text;
using Runner.Jobs;
using Runner.Worker.Feed;

namespace Runner.Worker.Tests.Feed;

public sealed class FeedQueueTests
{
    private static readonly StepId One = StepId.New();
    private static readonly StepId Two = StepId.New();

    [Fact]
    public void Lines_that_follow_each_other_make_one_message()
    {
        var queue = Filled((One, 1, "a"), (One, 2, "b"), (Two, 1, "c"), (One, 3, "d"));

        var messages = queue.Take();

        Assert.Equal([(One, 1, "a|b"), (Two, 1, "c"), (One, 3, "d")], messages.Select(Shape));
    }

    [Fact]
    public void A_hole_in_the_numbers_starts_a_new_message()
    {
        var messages = Filled((One, 1, "a"), (One, 5, "b")).Take();

        Assert.Equal([(One, 1, "a"), (One, 5, "b")], messages.Select(Shape));
    }

    [Fact]
    public void What_comes_to_a_full_queue_is_dropped_and_room_is_made_by_taking()
    {
        var queue = new FeedQueue();
        for (var number = 1; number <= FeedQueue.MaxLines + 10; number++)
        {
            queue.Offer(One, number, "x"u8);
        }

        var first = queue.Take();
        queue.Offer(One, 5000, "y"u8);
        var second = queue.Take();

        Assert.Equal(FeedQueue.MaxLines, first.Sum(message => message.Lines.Length));
        Assert.All(first, message => Assert.InRange(message.Lines.Length, 1, FeedQueue.MaxLinesOfMessage));
        Assert.Equal([(One, 5000, "y")], second.Select(Shape));
    }

    [Fact]
    public void Long_lines_are_cut_and_empty_ones_left_out()
    {
        var messages = Filled((One, 1, new string('ä', 2000)), (One, 2, "")).Take();

        var line = Assert.Single(Assert.Single(messages).Lines);
        Assert.Equal(new string('ä', FeedQueue.MaxLineLength) + "...", line);
    }

    [Fact]
    public void A_message_is_what_the_service_reads()
    {
        var json = Encoding.UTF8.GetString(new FeedMessage(One, 7, ["a \"b\"", "c"]).ToJson().Span);

        Assert.Equal($$"""{"count":2,"value":["a \u0022b\u0022","c"],"stepId":"{{One}}","startLine":7}""", json);
    }

    private static FeedQueue Filled(params (StepId Step, long Number, string Text)[] lines)
    {
        var queue = new FeedQueue();
        foreach (var (step, number, text) in lines)
        {
            queue.Offer(step, number, Encoding.UTF8.GetBytes(text));
        }

        return queue;
    }

    private static (StepId Step, int Start, string Text) Shape(FeedMessage message) =>
        (message.Step, (int)message.StartLine, string.Join('|', message.Lines));
}
