using Runner.Execution.Scopes;

namespace Runner.Execution.Tests.Scopes;

public sealed class SharedEnvironmentTests
{
    [Fact]
    public void Last_folder_stands_first_and_one_that_comes_again_moves_there()
    {
        var shared = new SharedEnvironment();

        shared.AddPath("/one");
        shared.AddPath("/two");
        shared.AddPath("/one");

        Assert.Equal(["/one", "/two"], shared.Paths);
    }

    [Fact]
    public void Fork_sees_what_was_there_and_neither_sees_what_the_other_changes()
    {
        var shared = Shared(("A", "1"));
        var fork = shared.Fork();

        shared.Set("A", "2");
        fork.Set("B", "3");
        fork.AddPath("/fork");

        Assert.Equal(["A=2"], Texts(shared));
        Assert.Equal(["A=1", "B=3"], Texts(fork));
        Assert.Empty(shared.Paths);
    }

    [Fact]
    public void Merge_takes_over_what_the_fork_changed_and_nothing_else()
    {
        var shared = Shared(("A", "1"), ("B", "1"));
        shared.AddPath("/before");
        var fork = shared.Fork();
        fork.Set("B", "fork");
        fork.AddPath("/fork");
        shared.Set("A", "meanwhile");
        shared.AddPath("/meanwhile");

        shared.Merge(fork);

        Assert.Equal(["A=meanwhile", "B=fork"], Texts(shared));
        Assert.Equal(["/fork", "/meanwhile", "/before"], shared.Paths);
    }

    [Fact]
    public void What_a_fork_of_a_fork_changed_reaches_the_first_by_two_merges()
    {
        var shared = new SharedEnvironment();
        var outer = shared.Fork();
        var inner = outer.Fork();
        inner.Set("A", "1");

        outer.Merge(inner);
        shared.Merge(outer);

        Assert.Equal(["A=1"], Texts(shared));
    }

    private static SharedEnvironment Shared(params (string Name, string Value)[] variables)
    {
        var shared = new SharedEnvironment();
        foreach (var (name, value) in variables)
        {
            shared.Set(name, value);
        }

        return shared;
    }

    private static IEnumerable<string> Texts(SharedEnvironment shared) => shared.Variables.Select(variable => $"{variable.Key}={variable.Value}");
}
