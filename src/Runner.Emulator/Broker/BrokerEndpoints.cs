using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Runner.Emulator.Broker;

/// <summary>Routes of the broker.</summary>
internal static class BrokerEndpoints
{
    public static void MapBroker(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/broker");
        group.MapPost("/session", static (HttpContext http, BrokerService broker) => broker.CreateSessionAsync(http));
        group.MapDelete("/session", static (HttpContext http, BrokerService broker) => broker.DeleteSession(http));
        group.MapGet("/message", static (HttpContext http, BrokerService broker) => broker.NextMessageAsync(http));
        group.MapPost("/acknowledge", static (HttpContext http, BrokerService broker) => broker.AcknowledgeAsync(http));

        // Asked by V1 connections before anything else; there is nothing to discover here.
        group.MapGet("/_apis/connectionData", static () => TypedResults.Text(ConnectionData, "application/json"));
    }

    private const string ConnectionData =
        """{"instanceId":"00000000-0000-0000-0000-000000000001","deploymentType":"onPremises","locationServiceData":{"serviceOwner":"00000000-0000-0000-0000-000000000000","clientCacheFresh":false,"clientCacheTimeToLive":3600,"serviceDefinitions":[]}}""";
}
