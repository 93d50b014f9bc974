using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Runner.Agent.Network;
using Runner.GitHub;
using Runner.Jobs.Errors;
using Runner.Jobs.Network;

namespace Runner.Agent.Checks;

/// <summary>Asks GitHub for one page without credentials, and says step by step how far that came: name, proxy, connection, certificate, clock.</summary>
internal sealed class ReachCheck(GitHubEndpoint endpoint, AgentNetwork network, bool isApp, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>The results, and whether GitHub answered.</summary>
    public async Task<(IReadOnlyList<CheckResult> Results, bool IsReached)> RunAsync(CancellationToken cancellationToken)
    {
        var proxy = network.Proxies()?.For(endpoint.ApiBase);
        var results = new List<CheckResult>
        {
            CheckResult.Ok("url", $"{endpoint.Scope.ToString().ToLowerInvariant()} {endpoint.Owner}{(endpoint.Repository is { } name ? "/" + name : string.Empty)}, REST service {endpoint.ApiBase}"),
        };
        var names = await ResolveAsync((proxy ?? endpoint.ApiBase).IdnHost, proxy, cancellationToken);
        results.Add(names);
        if (names.State == CheckState.Failed)
        {
            return (results, false);
        }

        CertificateSeen? seen = null;
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false };
        network.Apply(handler);
        var accepts = handler.SslOptions.RemoteCertificateValidationCallback;
        handler.SslOptions.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
        {
            seen = CertificateSeen.Of(certificate, chain, errors);
            return accepts?.Invoke(sender, certificate, chain, errors) ?? errors == SslPolicyErrors.None;
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            using var invoker = new HttpMessageInvoker(handler);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(endpoint.ApiBase, "rate_limit")); // counts to no limit
            request.Headers.UserAgent.ParseAdd("act-runner");
            using var answer = await invoker.SendAsync(request, limit.Token);
            results.AddRange(Reached(answer, proxy, seen));
            return (results, true);
        }
        catch (HttpRequestException error)
        {
            results.Add(ReachFailures.Explain(error, endpoint.ApiBase, proxy, seen));
            return (results, false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            results.Add(ReachFailures.Silent(endpoint.ApiBase, proxy, Limit));
            return (results, false);
        }
    }

    private static async Task<CheckResult> ResolveAsync(string host, Uri? proxy, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken);
            return CheckResult.Ok("dns", $"{host} is {string.Join(", ", addresses.Take(3).Select(address => address.ToString()))}{(proxy is null ? string.Empty : "; names beyond the proxy are its own matter")}");
        }
        catch (SocketException error)
        {
            return CheckResult.Failed(
                "dns",
                $"the name {host} leads nowhere: {error.Message}",
                proxy is null
                    ? "is github.url right? Else see the machine's DNS (in a pod: kubectl get svc -n kube-system kube-dns, and network policies), or set network.proxy"
                    : "is the address of network.proxy right?",
                isOutside: true);
        }
    }

    private IEnumerable<CheckResult> Reached(HttpResponseMessage answer, Uri? proxy, CertificateSeen? seen)
    {
        yield return CheckResult.Ok("proxy", proxy is null ? "none for this address" : ProxySettings.Describe(proxy));
        yield return endpoint.ApiBase.Scheme == "https"
            ? CheckResult.Ok("tls", $"trusted{(seen is null ? string.Empty : $", {seen.Issuer}")}")
            : CheckResult.Warning("tls", "none: tokens go readable over the network", "use an https address in github.url, but for tests");
        var version = answer.Headers.TryGetValues("X-GitHub-Enterprise-Version", out var values) ? values.FirstOrDefault() : null;
        yield return CheckResult.Ok("server", version is null ? $"answers ({(int)answer.StatusCode})" : $"Enterprise Server {version}");
        yield return answer.Headers.Date is { } date ? ClockRules.Judge(time.GetUtcNow() - date, isApp) : CheckResult.Skipped("clock", "the server does not say what time it is");
    }
}

/// <summary>What a server showed of its certificate.</summary>
internal sealed record CertificateSeen(string Subject, string Issuer, SslPolicyErrors Errors, string Chain)
{
    /// <summary>Whether it is for another name, whoever made it.</summary>
    public bool IsOfAnotherName => Errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch);

    public static CertificateSeen Of(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => new(
        certificate?.Subject ?? "no certificate",
        $"issued by {certificate?.Issuer ?? "nobody"}",
        errors,
        string.Join(", ", (chain?.ChainStatus ?? []).Select(status => status.Status.ToString()).Distinct()));
}

/// <summary>Why GitHub was not reached, and what to do. Pure.</summary>
internal static class ReachFailures
{
    /// <summary>Explains a failed request.</summary>
    public static CheckResult Explain(HttpRequestException error, Uri address, Uri? proxy, CertificateSeen? seen) => error.HttpRequestError switch
    {
        HttpRequestError.SecureConnectionError => CheckResult.Failed("tls", $"{Certificate(seen)}: {Causes.Of(error)}", FixOf(seen)),
        HttpRequestError.ProxyTunnelError when error.StatusCode == HttpStatusCode.ProxyAuthenticationRequired || error.Message.Contains("407", StringComparison.Ordinal) =>
            CheckResult.Failed("proxy", $"{Name(proxy)} wants to know who asks (407)", "put user:password into a file and name it in network.proxy.credentialsFile"),
        HttpRequestError.ProxyTunnelError => CheckResult.Failed(
            "proxy", $"{Name(proxy)} does not lead to {address.Host}: {Causes.Of(error)}", $"allow {address.Host}:{address.Port} on the proxy, or name the host in network.proxy.noProxy", isOutside: true),
        _ when proxy is not null => CheckResult.Failed(
            "proxy", $"{Name(proxy)} cannot be reached: {Causes.Of(error)}", "is network.proxy (or HTTPS_PROXY) right, and the proxy up?", isOutside: true),
        _ => CheckResult.Failed(
            "connection",
            $"{address.Host}:{address.Port} cannot be reached: {Causes.Of(error)}",
            "allow outgoing connections to it (firewall, network policy), or set network.proxy",
            isOutside: true),
    };

    /// <summary>Nothing came back.</summary>
    public static CheckResult Silent(Uri address, Uri? proxy, TimeSpan limit) => CheckResult.Failed(
        proxy is null ? "connection" : "proxy",
        $"{(proxy is null ? $"{address.Host}:{address.Port}" : Name(proxy))} did not answer within {limit.TotalSeconds:F0} s",
        proxy is null ? "a firewall or network policy may drop packets: allow it, or set network.proxy" : "is network.proxy (or HTTPS_PROXY) right, and the proxy up?",
        isOutside: true);

    private static string Name(Uri? proxy) => proxy is null ? "the proxy" : $"the proxy {ProxySettings.Describe(proxy)}";

    private static string Certificate(CertificateSeen? seen) => seen switch
    {
        null => "no TLS could be agreed on",
        { IsOfAnotherName: true } => $"the certificate is another name's, {seen.Subject}",
        { Chain.Length: > 0 } => $"the certificate of {seen.Subject}, {seen.Issuer}, is not trusted ({seen.Chain})",
        _ => $"the certificate of {seen.Subject}, {seen.Issuer}, is not trusted",
    };

    private static string FixOf(CertificateSeen? seen) => seen switch
    {
        null => "is it https that listens there? A firewall may cut TLS",
        { IsOfAnotherName: true } => "use the name of the certificate in github.url",
        _ when seen.Chain.Contains(nameof(X509ChainStatusFlags.NotTimeValid), StringComparison.Ordinal) => "is the machine's clock right? Else the server's certificate has run out",
        _ => "put the CA's certificate (PEM) into a file and name it in network.caFile",
    };
}
