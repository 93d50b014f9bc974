using System.Text;
using Runner.Execution.Masking;
using Runner.Jobs.Messages;
using Runner.Testing;

namespace Runner.Execution.Tests.Masking;

public sealed class JobMasksTests
{
    private static readonly Dictionary<string, string> NoEnvironment = [];

    [Theory]
    [InlineData("my secret", "***")]
    [InlineData("ghs_token", "***")]
    [InlineData("endpoint-token", "***")]
    [InlineData("masked-by-name", "***")]
    [InlineData("tok_42", "***")]
    [InlineData("not secret", "not secret")]
    [InlineData("true", "true")]
    public void Secrets_come_from_variables_hints_and_endpoints(string text, string masked)
    {
        var masker = JobMasks.Create(Some.Payload(Message(), "/nowhere"), NoEnvironment);

        Assert.Equal(masked, masker.MaskText(text));
    }

    [Fact]
    public void Token_is_masked_as_git_sends_it()
    {
        var header = Convert.ToBase64String(Encoding.UTF8.GetBytes("x-access-token:ghs_token"));

        Assert.Equal("AUTHORIZATION: basic ***", JobMasks.Create(Some.Payload(Message(), "/nowhere"), NoEnvironment).MaskText($"AUTHORIZATION: basic {header}"));
    }

    [Theory]
    [InlineData("http_proxy")]
    [InlineData("HTTPS_PROXY")]
    public void Password_of_a_proxy_is_masked(string variable)
    {
        var environment = new Dictionary<string, string> { [variable] = "http://user:p%40ss-word@proxy:3128" };

        var masker = JobMasks.Create(Some.Payload(Some.Job(), "/nowhere"), environment);

        Assert.Equal("user *** ***", masker.MaskText("user p%40ss-word p@ss-word"));
    }

    private static JobMessage Message() => Some.Job() with
    {
        Variables = new Dictionary<string, VariableValue>
        {
            ["A"] = new() { Value = "my secret", IsSecret = true },
            ["B"] = new() { Value = "not secret" },
            ["C"] = new() { Value = "masked-by-name" },
            ["system.github.token"] = new() { Value = "ghs_token", IsSecret = true },
            ["ACTIONS_STEP_DEBUG"] = new() { Value = "true", IsSecret = true },
        },
        Masks = [new MaskHint { Type = MaskType.Regex, Value = "tok_[0-9]+" }, new MaskHint { Type = MaskType.Variable, Value = "c" }],
        Resources = new JobResources
        {
            Endpoints =
            [
                new ServiceEndpoint
                {
                    Name = "SystemVssConnection",
                    Authorization = new EndpointAuthorization { Parameters = new Dictionary<string, string?> { ["AccessToken"] = "endpoint-token" } },
                },
            ],
        },
    };
}
