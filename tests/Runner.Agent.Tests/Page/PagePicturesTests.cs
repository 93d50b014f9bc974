using Microsoft.AspNetCore.Http;
using Runner.Agent.Page;
using Runner.Testing;
using Runner.Testing.Http;

namespace Runner.Agent.Tests.Page;

/// <summary>The page in a real browser. <c>UPDATE_GOLDEN=1</c> takes the pictures of docs/images anew.</summary>
public sealed class PagePicturesTests(FakeHttpServer server) : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact(Timeout = 240_000)]
    public async Task Page_fits_a_phone_is_dark_in_the_dark_and_nothing_of_it_breaks_its_own_rules()
    {
        var site = server.Open(AnswerAsync);
        var first = BusyAgent.View.Jobs[0].Id;
        await using var browser = BrowserScript.Start("Page/pictures.mjs", site.Address.AbsoluteUri, _folder.FullPath, string.Empty, $"jobs/{first}");

        for (var picture = 0; picture < 8; picture++)
        {
            var seen = await browser.NextAsync(Token);
            var (device, scheme) = (seen.GetProperty("device").GetString(), seen.GetProperty("colorScheme").GetString());
            Assert.Equal("[]", seen.GetProperty("errors").GetRawText());
            Assert.InRange(seen.GetProperty("wide").GetInt32(), 1, device == "phone" ? 390 : 1280);
            Assert.Equal(scheme == "dark" ? "rgb(13, 17, 23)" : "rgb(246, 248, 250)", seen.GetProperty("ground").GetString());
            Assert.Equal(scheme == "dark" ? "rgb(240, 246, 252)" : "rgb(31, 35, 40)", seen.GetProperty("text").GetString());
        }

        await browser.EndAsync(Token);
        foreach (var picture in (string[])["page-desk-light", "page-desk-dark", "page-phone-dark", "jobs-desk-light", "jobs-phone-light"])
        {
            Golden.CheckPicture($"docs/images/{picture}.png", _folder[$"{picture}.png"]);
        }
    }

    private static Task AnswerAsync(HttpContext http)
    {
        PageHeaders.Write(http.Response.Headers);
        var path = http.Request.Path.Value?.TrimStart('/') ?? string.Empty;
        if (PageAssets.All.FirstOrDefault(asset => asset.Name == path) is { } asset)
        {
            http.Response.ContentType = asset.ContentType;
            return http.Response.WriteAsync(asset.Text);
        }

        var job = BusyAgent.View.Jobs[0];
        http.Response.ContentType = path.StartsWith("api/", StringComparison.Ordinal) ? "text/plain; charset=utf-8" : "text/html; charset=utf-8";
        if (path == "api/v1/events")
        {
            http.Response.ContentType = "text/event-stream";
            return HoldAsync(http, "event: change\ndata: {\"version\":1}\n\n");
        }

        if (path.EndsWith("/log", StringComparison.Ordinal))
        {
            return HoldAsync(http, BusyAgent.Log);
        }

        return http.Response.WriteAsync(path switch
        {
            "" => PageHtml.Overview(BusyAgent.View, BusyAgent.Now).Text,
            _ => PageHtml.OfJob(BusyAgent.View, job, BusyAgent.Now).Text,
        });
    }

    // As the agent does: it lasts as long as somebody watches.
    private static async Task HoldAsync(HttpContext http, string text)
    {
        await http.Response.WriteAsync(text);
        await http.Response.Body.FlushAsync();
        var left = new TaskCompletionSource();
        await using var registration = http.RequestAborted.Register(left.SetResult);
        await left.Task;
    }
}
