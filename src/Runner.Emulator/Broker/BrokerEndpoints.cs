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
    }
}
