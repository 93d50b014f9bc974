using Runner.Execution.Steps;

namespace Runner.Execution.Tests.Steps;

public sealed class StepNumbersTests
{
    [Fact]
    public void Posts_take_numbers_from_the_end_of_as_many_as_were_given()
    {
        var numbers = new StepNumbers();
        int[] planned = [numbers.Next(), numbers.Next(), numbers.Next(), numbers.Next()];

        int[] posts = [numbers.NextPost(), numbers.NextPost(), numbers.NextPost()];

        Assert.Equal([1, 2, 3, 4], planned);
        Assert.Equal([8, 7, 6], posts);
        Assert.Equal(9, numbers.Next());
    }

    [Fact]
    public void Job_without_posts_has_no_gap() => Assert.Equal([1, 2, 3], Three(new StepNumbers()));

    private static int[] Three(StepNumbers numbers) => [numbers.Next(), numbers.Next(), numbers.Next()];
}
