using Runner.Workflows.Model;
using Runner.Workflows.Model.Parts;

namespace Runner.Workflows.Tests.Model.Parts;

public sealed class WorkflowPartTests
{
    private static readonly Workflow Long = Read("""
        on: push
        permissions: {contents: read, id-token: write, issues: none}
        concurrency: {group: "g-${{ github.ref }}", cancel-in-progress: true, queue: single}
        defaults: {run: {shell: bash, working-directory: src}}
        jobs:
          a:
            permissions: write-all
            concurrency: {group: g, queue: max}
            defaults: {run: {shell: sh}}
            runs-on: {group: big, labels: [linux, x64]}
            environment: {name: prod, url: "${{ steps.a.outputs.url }}", deployment: false}
            strategy:
              fail-fast: false
              max-parallel: 2
              matrix: {os: [a, b], node: "${{ fromJSON('[1]') }}", include: [{os: c}], exclude: [{os: a}]}
            container: {image: debian, credentials: {username: me, password: "${{ secrets.P }}"}, options: --cpus 1}
            services: {db: postgres, web: {image: nginx, entrypoint: /bin/web, command: -v, ports: ["80"]}}
            snapshot: {image-name: mine, version: 2.*, if: "${{ inputs.keep }}"}
        """);

    private static readonly WorkflowJob Short = Read("""
        on: push
        jobs:
          a:
            runs-on: linux
            environment: prod
            concurrency: g
            container: debian
            snapshot: mine
            strategy: {matrix: "${{ fromJSON(inputs.m) }}"}
        """).Jobs[0];

    private static WorkflowJob Job => Long.Jobs[0];

    [Fact]
    public void Permissions_are_levels_by_scope_or_one_for_all()
    {
        Assert.Equal(
            [new("contents", AccessLevel.Read), new("id-token", AccessLevel.Write), new("issues", AccessLevel.None)], Long.Permissions?.Scopes);
        Assert.Null(Long.Permissions?.All);
        Assert.Equal(AccessLevel.Write, Job.Permissions?.All);
    }

    [Fact]
    public void Long_forms_are_taken_apart()
    {
        Assert.Equal("g-${{ github.ref }} true Single", $"{Long.Concurrency?.Group} {Long.Concurrency?.CancelInProgress} {Long.Concurrency?.Queue}");
        Assert.Equal("g  Max", $"{Job.Concurrency?.Group} {Job.Concurrency?.CancelInProgress} {Job.Concurrency?.Queue}");
        Assert.Equal("bash src", $"{Long.Defaults?.Shell} {Long.Defaults?.WorkingDirectory}");
        Assert.Equal("sh ", $"{Job.Defaults?.Shell} {Job.Defaults?.WorkingDirectory}");
        Assert.Equal("big", $"{Job.RunsOn?.Group}");
        Assert.Equal("prod ${{ steps.a.outputs.url }} false", $"{Job.Environment?.Name} {Job.Environment?.Url} {Job.Environment?.Deployment}");
        Assert.Equal("mine 2.* ${{ inputs.keep }}", $"{Job.Snapshot?.ImageName} {Job.Snapshot?.Version} {Job.Snapshot?.Condition}");
    }

    [Fact]
    public void Short_forms_stand_for_the_first_piece()
    {
        Assert.Equal("linux", $"{Short.RunsOn?.Labels}");
        Assert.Equal("prod", $"{Short.Environment?.Name}");
        Assert.Equal("g", $"{Short.Concurrency?.Group}");
        Assert.Equal("debian", $"{Short.Container?.Image}");
        Assert.Equal("mine", $"{Short.Snapshot?.ImageName}");
    }

    [Fact]
    public void Matrix_has_its_lists_in_order_or_is_one_expression()
    {
        Assert.Equal("false 2", $"{Job.Strategy?.FailFast} {Job.Strategy?.MaxParallel}");
        Assert.Equal(["os", "node"], Job.Strategy?.Matrix?.Lists.Select(list => list.Key));
        Assert.NotNull(Job.Strategy?.Matrix?.Include);
        Assert.NotNull(Job.Strategy?.Matrix?.Exclude);
        Assert.Equal("${{ fromJSON(inputs.m) }}", $"{Short.Strategy?.Matrix?.Written}");
        Assert.Empty(Short.Strategy?.Matrix?.Lists ?? []);
    }

    [Fact]
    public void Containers_have_what_docker_create_takes()
    {
        var (image, services) = (Job.Container, Job.Services?.Containers ?? []);

        Assert.Equal("debian me ${{ secrets.P }} --cpus 1", $"{image?.Image} {image?.Username} {image?.Password} {image?.Options}");
        Assert.Equal(["db postgres ", "web nginx /bin/web"], services.Select(service => $"{service.Key} {service.Value.Image} {service.Value.Entrypoint}"));
        Assert.Equal("-v", $"{services[1].Value.Command}");
    }

    private static Workflow Read(string text)
    {
        var reading = WorkflowFile.Read(".github/workflows/ci.yml", text);
        Assert.Empty(reading.Diagnostics);
        return Assert.IsType<Workflow>(reading.Workflow);
    }
}
