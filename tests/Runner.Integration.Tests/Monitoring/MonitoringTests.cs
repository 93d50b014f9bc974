using System.Text.Json;
using System.Text.RegularExpressions;
using Runner.Emulator.Runs;
using Runner.Integration.Tests.Agents;
using Runner.Integration.Tests.Chart;
using Runner.Integration.Tests.Jobs;
using Runner.Services.Hosting;
using Runner.Testing;
using YamlDotNet.RepresentationModel;

namespace Runner.Integration.Tests.Monitoring;

/// <summary>Metrics, alerts and dashboards, before Prometheus' own tool, and against each other and their papers.</summary>
public sealed partial class MonitoringTests
{
    private static readonly string Rules = Path.Combine(Repository.Root, "helm/runner/files/alerts.yaml");
    private static readonly string RuleTests = Path.Combine(Repository.Root, "tests/Runner.Integration.Tests/Monitoring/alerts.test.yaml");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Dashboards => [.. Directory.GetFiles(Path.Combine(Repository.Root, "helm/runner/files/dashboards")).Select(path => Path.GetFileName(path))];

    [Fact(Timeout = 60_000)]
    public async Task Prometheus_takes_the_rules()
    {
        var (code, output) = await Promtool.RunAsync(["check", "rules", Rules], string.Empty, Token);

        Assert.True(code == 0, output);
    }

    [Fact(Timeout = 60_000)]
    public async Task Each_alert_fires_when_it_should_and_nothing_else_does()
    {
        var (code, output) = await Promtool.RunAsync(["test", "rules", RuleTests], string.Empty, Token);

        Assert.True(code == 0, output);
        var tested = await File.ReadAllTextAsync(RuleTests, Token);
        Assert.All(Alerts(), alert => Assert.Contains($"alertname=\"{alert.Name}\"", tested, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_alert_has_its_section_in_the_runbook()
    {
        var sections = Heading().Matches(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/alerts.md"), Token)).Select(match => match.Groups[1].Value).ToList();

        var alerts = Alerts();
        Assert.True(alerts.Count >= 12);
        Assert.Equal(alerts.Select(alert => alert.Name).Order(), sections.Order());
        Assert.All(alerts, alert => Assert.Equal($"alerts.md#{alert.Name.ToLowerInvariant()}", alert.Runbook));
    }

    [Fact(Timeout = 120_000)]
    public async Task Prometheus_finds_nothing_wrong_with_the_metrics_of_an_agent_that_had_a_job()
    {
        var metrics = await ScrapeAsync();

        var (code, output) = await Promtool.RunAsync(["check", "metrics"], metrics, Token);

        Assert.True(code == 0 && output.Trim().Length == 0, output);
    }

    [Fact(Timeout = 120_000)]
    public async Task Metrics_are_those_that_the_page_names_and_rules_and_dashboards_ask_for()
    {
        var known = Family().Matches(await ScrapeAsync()).Select(match => match.Groups[1].Value).ToHashSet();
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/observability.md"), Token);

        var own = known.Where(name => name.StartsWith("runner_", StringComparison.Ordinal)).Order().ToList();
        Assert.All(own, name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
        var asked = new[] { page, await File.ReadAllTextAsync(Rules, Token) }
            .Concat(Dashboards.Select(dashboard => File.ReadAllText(PathOf(dashboard))))
            .SelectMany(text => Metric().Matches(text).Select(match => match.Value)).ToHashSet();
        Assert.Superset(own.Except(["runner_github_rate_limit_reset_timestamp_seconds"]).ToHashSet(), asked.Select(name => Part().Replace(name, string.Empty)).ToHashSet());
        Assert.All(asked, name => Assert.Contains(Part().Replace(name, string.Empty), known));
    }

    [Fact(Timeout = 120_000)]
    public async Task Prometheus_finds_nothing_wrong_with_the_metrics_of_the_services_and_their_page_names_them()
    {
        using var folder = new TempFolder();
        await File.WriteAllBytesAsync(folder["key"], new byte[32], Token);
        var options = new ClusterServicesOptions { Folder = folder["data"], KeyFile = folder["key"], PublicUrl = new Uri("http://127.0.0.1:0") };
        await using var services = await ClusterServices.StartAsync(options, Token);
        using var http = new HttpClientFixture(services.MetricsUrl);
        var metrics = await http.GetAsync("metrics", Token);

        var (code, output) = await Promtool.RunAsync(["check", "metrics"], metrics, Token);
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs/services.md"), Token);

        Assert.True(code == 0 && output.Trim().Length == 0, output);
        var own = Family().Matches(metrics).Select(match => match.Groups[1].Value).Where(name => name.StartsWith("runner_services_", StringComparison.Ordinal)).ToList();
        Assert.Equal(7, own.Count);
        Assert.All(own, name => Assert.Contains($"`{name}`", page, StringComparison.Ordinal));
    }

    [Theory, MemberData(nameof(Dashboards))]
    public void Panels_of_a_dashboard_say_what_they_show_and_do_not_cover_each_other(string file)
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(PathOf(file)));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToList();
        var taken = new Dictionary<(int X, int Y), string>();

        Assert.True(panels.Count > 10);
        foreach (var panel in panels)
        {
            var title = panel.GetProperty("title").GetString() ?? string.Empty;
            Assert.NotEmpty(title);
            var (at, kind) = (panel.GetProperty("gridPos"), panel.GetProperty("type").GetString());
            Assert.True(kind == "row" || panel.GetProperty("targets").GetArrayLength() > 0, title);
            foreach (var x in Enumerable.Range(at.GetProperty("x").GetInt32(), at.GetProperty("w").GetInt32()))
            {
                Assert.InRange(x, 0, 23);
                Assert.All(
                    Enumerable.Range(at.GetProperty("y").GetInt32(), at.GetProperty("h").GetInt32()),
                    y => Assert.True(taken.TryAdd((x, y), title), $"'{title}' covers '{taken.GetValueOrDefault((x, y))}'"));
            }
        }
    }

    [Fact(Timeout = 60_000)]
    public async Task Chart_makes_a_rule_with_whole_addresses_and_a_ConfigMap_for_each_dashboard()
    {
        string[] values =
        [
            "github.url=https://github.com/acme", "github.secretName=a", "kubernetes.defaultImage=debian:12", "monitoring.dashboards.enabled=true",
            "monitoring.prometheusRule.enabled=true", "monitoring.prometheusRule.runbookUrl=https://wiki.example/", "monitoring.prometheusRule.labels.release=p",
        ];
        var (code, output) = await HelmProgram.RunAsync(
            ["template", "ci", HelmProgram.Chart, "--set", string.Join(',', values), "--show-only", "templates/alerts.yaml", "--show-only", "templates/dashboards.yaml"], Token);

        Assert.True(code == 0, output);
        var documents = new YamlStream();
        documents.Load(new StringReader(output));
        var objects = documents.Documents.Select(document => (YamlMappingNode)document.RootNode).ToList();
        Assert.Equal(["ConfigMap", "ConfigMap", "PrometheusRule"], objects.Select(made => made["kind"].ToString()).Order());
        var rule = Assert.Single(objects, made => made["kind"].ToString() == "PrometheusRule");
        Assert.Equal("p", rule["metadata"]["labels"]["release"].ToString());
        Assert.Equal(Alerts().Select(alert => $"https://wiki.example/{alert.Runbook}"), AlertsOf((YamlMappingNode)rule["spec"]).Select(alert => alert.Runbook));
        foreach (var map in objects.Where(made => made["kind"].ToString() == "ConfigMap"))
        {
            Assert.Equal("1", map["metadata"]["labels"]["grafana_dashboard"].ToString());
            var (file, text) = Assert.Single((YamlMappingNode)map["data"]);
            Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(text.ToString()).RootElement, JsonDocument.Parse(await File.ReadAllTextAsync(PathOf(file.ToString()), Token)).RootElement));
        }
    }

    private static async Task<string> ScrapeAsync()
    {
        await using var test = await AgentOnHost.StartAsync(folder => TestWorker.Script(folder, "kill -9 $$"), Token);
        var queued = test.Emulator.QueueJob(new RawJob());
        await test.Emulator.WaitForJobAsync(queued.Id, Token);
        using var http = new HttpClientFixture(test.Agent!.Monitoring!); // it runs, and metrics are on
        return await http.GetAsync("metrics", Token);
    }

    private static string PathOf(string dashboard) => Path.Combine(Repository.Root, "helm/runner/files/dashboards", dashboard);

    private static List<(string Name, string Runbook)> Alerts()
    {
        var document = new YamlStream();
        document.Load(new StringReader(File.ReadAllText(Rules)));
        return AlertsOf((YamlMappingNode)document.Documents[0].RootNode);
    }

    private static List<(string Name, string Runbook)> AlertsOf(YamlMappingNode rules) =>
    [
        .. ((YamlSequenceNode)rules["groups"]).SelectMany(group => (YamlSequenceNode)group["rules"])
            .Select(alert => (alert["alert"].ToString(), alert["annotations"]["runbook_url"].ToString())),
    ];

    [GeneratedRegex("^## (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^# TYPE ([^ ]+)", RegexOptions.Multiline)]
    private static partial Regex Family();

    [GeneratedRegex(@"\b(?<!-)(runner|process)_[a-z_]+[a-z](?=[ `{)\[""])")]
    private static partial Regex Metric();

    [GeneratedRegex("_(bucket|count|sum)$")]
    private static partial Regex Part();
}
