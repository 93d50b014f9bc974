using Runner.Jobs;
using Runner.Jobs.Messages;
using Runner.Jobs.Tokens;
using Runner.Workflows.Messages;
using Runner.Workflows.Model;
using Runner.Workflows.Model.Actions;

namespace Runner.Workflows.Tests.Model.Actions;

public sealed class ActionFileTests
{
    private const string Path = "acme/tool/v1/action.yml";

    [Fact]
    public void JavaScript_action_is_read_with_its_inputs_outputs_and_stages()
    {
        var manifest = Read("""
            name: Tool
            description: Does things
            author: acme
            branding: {icon: tool, color: blue}
            inputs:
              Token:
                description: who asks
                required: true
                default: ${{ github.token }}
              depth: {default: 1}
              old: {deprecationMessage: use depth}
            outputs:
              path: {description: where}
            runs:
              using: Node20
              main: dist/index.js
              pre: dist/pre.js
              pre-if: runner.os == 'Linux'
              post: dist/post.js
            """);

        Assert.Equal(("Tool", "Does things", "acme"), (manifest.Name, manifest.Description, manifest.Author));
        Assert.Equal(["Token", "depth", "old"], manifest.Inputs.Select(input => input.Name));
        Assert.Equal("github.token", Assert.IsType<ExpressionToken>(manifest.Inputs[0].Default).Expression);
        Assert.True(manifest.Inputs[0].IsRequired);
        Assert.Equal("1", Assert.IsType<StringToken>(manifest.Inputs[1].Default).Value);
        Assert.Equal("use depth", manifest.Inputs[2].DeprecationMessage);
        Assert.Null(manifest.Inputs[2].Default);
        Assert.Null(Assert.Single(manifest.Outputs).Value);
        var runs = Assert.IsType<JavaScriptRuns>(manifest.Runs);
        Assert.Equal(("node20", "dist/index.js", "dist/pre.js", "dist/post.js"), (runs.Using, runs.Main, runs.Pre, runs.Post));
        Assert.Equal(("runner.os == 'Linux'", "always()"), (runs.PreCondition, runs.PostCondition));
    }

    [Fact]
    public void Docker_action_is_read_with_arguments_and_variables_still_to_be_evaluated()
    {
        var manifest = Read("""
            name: Tool
            runs:
              using: docker
              image: Dockerfile
              entrypoint: /run.sh
              args: [one, "${{ inputs.two }}"]
              env: {THREE: "${{ inputs.three }}"}
              pre-entrypoint: /pre.sh
              post-entrypoint: /post.sh
              post-if: success()
            """);

        var runs = Assert.IsType<DockerRuns>(manifest.Runs);
        Assert.Equal(("Dockerfile", "/run.sh", "/pre.sh", "/post.sh"), (runs.Image, runs.Entrypoint, runs.PreEntrypoint, runs.PostEntrypoint));
        Assert.Equal(("always()", "success()"), (runs.PreCondition, runs.PostCondition));
        Assert.Equal(["one", "${{ inputs.two }}"], runs.Args?.Items.Select(item => item.ToString()));
        Assert.Equal("${{ inputs.three }}", runs.Env?.Find("THREE")?.ToString());
    }

    [Fact]
    public void Composite_action_gives_steps_as_a_job_has_them()
    {
        var manifest = Read("""
            name: Tool
            outputs:
              sum: {value: "${{ steps.add.outputs.sum }}"}
            runs:
              using: composite
              steps:
                - {id: add, run: echo, shell: bash, env: {A: "${{ inputs.a }}"}, working-directory: sub}
                - {uses: actions/checkout@v4, with: {path: x}, if: failure(), continue-on-error: true}
                - {run: echo, shell: sh, if: inputs.a}
            """);

        var runs = Assert.IsType<CompositeRuns>(manifest.Runs);
        Assert.Equal("steps.add.outputs.sum", Assert.IsType<ExpressionToken>(Assert.Single(manifest.Outputs).Value).Expression);
        Assert.Equal(["add", "__actions_checkout", "__run"], runs.Steps.Select(step => step.Id));
        Assert.Equal(["success()", "failure()", "success() && (inputs.a)"], runs.Steps.OfType<ActionStep>().Select(step => step.Condition));
        var steps = runs.ToJobSteps(new StepId(Guid.NewGuid()));
        Assert.Equal([ReferenceType.Script, ReferenceType.Repository, ReferenceType.Script], steps.Select(step => step.Reference?.Type));
        Assert.Equal(3, steps.Select(step => step.Id).Distinct().Count());
    }

    public static TheoryData<string, string[]> Broken => new()
    {
        { "name: x", [$"{Path}: Top level 'runs:' section is required for {Path}"] },
        { "runs: {using: node20}", ["{0} (Line: 1, Col: 7): There's not enough info to determine what you meant. Add one of these properties: args, entrypoint, env, image, main, post, post-entrypoint, pre, pre-entrypoint, steps", "{0} (Line: 1, Col: 7): You are using a JavaScript Action but there is not an entry JavaScript file provided in {0}."] },
        { "runs: {using: node20, pre: a.js}", ["{0} (Line: 1, Col: 7): You are using a JavaScript Action but there is not an entry JavaScript file provided in {0}."] },
        { "runs: {using: docker, args: []}", ["{0} (Line: 1, Col: 7): You are using a Container Action but an image is not provided in {0}."] },
        { "runs: {using: composite, main: x}", ["{0} (Line: 1, Col: 7): You are using a composite action but there are no steps provided in {0}."] },
        { "runs: {main: x}", ["{0} (Line: 1, Col: 7): Missing 'using' value. 'using' requires 'composite', 'docker', 'node12', 'node16', 'node20' or 'node24'."] },
        { "runs: {using: node2, main: x}", ["{0} (Line: 1, Col: 15): 'using: node2' is not supported, use 'docker', 'node12', 'node16', 'node20' or 'node24' instead; did you mean 'node12'?"] },
        { "runs: {using: composite, steps: [{run: x}]}", ["{0} (Line: 1, Col: 34): Required property is missing: shell"] },
        { "runs: {using: composite, steps: [{uses: checkout}]}", ["{0} (Line: 1, Col: 41): Expected format {{org}}/{{repo}}[/path]@ref. Actual 'checkout'"] },
        { "runs: {using: composite, steps: [{run: '${{ secrets.X }}', shell: sh}]}", ["{0} (Line: 1, Col: 45): Unrecognized named-value: 'secrets'. Located at position 1 within expression: secrets.X; expected one of: github, strategy, matrix, steps, inputs, job, runner, env"] },
        { "runs: {using: node20, pre: x, mian: x}", ["{0} (Line: 1, Col: 7): You are using a JavaScript Action but there is not an entry JavaScript file provided in {0}.", "{0} (Line: 1, Col: 31): Unexpected value 'mian'; did you mean 'main'?"] },
    };

    [Theory, MemberData(nameof(Broken))]
    public void Problem_is_said_in_the_words_of_GitHubs_runner(string text, string[] expected)
    {
        var reading = ActionFile.Read(Path, text);

        Assert.Null(reading.Manifest);
        Assert.Equal(expected.Select(message => message.Replace("{0}", Path, StringComparison.Ordinal).Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}", StringComparison.Ordinal)), reading.Diagnostics.Select(diagnostic => diagnostic.ToString()));
    }

    private static ActionManifest Read(string text)
    {
        var reading = ActionFile.Read(Path, text);
        Assert.Empty(reading.Diagnostics);
        return Assert.IsType<ActionManifest>(reading.Manifest);
    }
}
