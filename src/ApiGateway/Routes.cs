using Microsoft.AspNetCore.Http.Features;
using Ticketing.ApiGateway.Auth;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.ApiGateway;

/// <summary>What every handler needs. There is a board where all events are in this process.</summary>
internal sealed record Gateway(IGrainFactory Grains, TimeProvider Time, Tokens Tokens, EndedTokens Ended, PasswordDoor Door, AvailabilityBoard? Board = null)
{
    private const int MostLooks = 1024;

    /// <summary>Purchases, which go to their event in bunches.</summary>
    public Bunches<EventKey, Purchase, Answer<TicketRecord>> Purchases { get; } =
        new(Ticketing.Grains.Abstractions.Events.Purchases.MostAtOnce, (key, purchases) => Grains.GetGrain<IEventGrain>(key.ToString()).BuyAll(purchases));

    /// <summary>Reads of one event, which share a look at its record that begins after each of them came.</summary>
    public Bunches<EventKey, bool, EventRecord?> Looks { get; } = new(MostLooks, async (key, readers) =>
    {
        var found = new EventRecord?[readers.Length];
        Array.Fill(found, await Grains.GetGrain<IEventListGrain>(0).Find(key));
        return found;
    });

    public DateTimeOffset Now => Time.GetUtcNow();
}

/// <summary>Answers one route.</summary>
internal delegate Task Handler(HttpContext http, Gateway gateway);

/// <summary>What a route says of itself, in its answers' messages and in its documentation.</summary>
/// <param name="Title">What the route does, as a noun.</param>
internal sealed record RouteDoc(string Title)
{
    /// <summary>The health of a word: it is answered also while the process stops.</summary>
    public static RouteDoc Health { get; } = new("Health") { IsLocal = true };

    /// <summary>Serves requests that never reached a route.</summary>
    public static RouteDoc Request { get; } = new("Request");

    /// <summary>What a parameter of the path may be, where it is no id.</summary>
    public string[] PathNames { get; init; } = [];

    /// <summary>The type of the request body, when there is one.</summary>
    public Type? Body { get; init; }

    /// <summary>A request body as JSON; of a route that answers lines, a line of its answer.</summary>
    public string? Example { get; init; }

    /// <summary>The type of <c>data</c>, when there is any.</summary>
    public Type? Data { get; init; }

    /// <summary>Whether the route answers a list, page by page.</summary>
    public bool IsList { get; init; }

    /// <summary>Whether the route answers JSON lines, without an envelope.</summary>
    public bool IsLines { get; init; }

    /// <summary>Whether an <c>Idempotency-Key</c> is understood.</summary>
    public bool IsKeyed { get; init; }

    /// <summary>Whether good answers carry an <c>ETag</c>; on a read, <c>If-None-Match</c> is heeded then.</summary>
    public bool IsTagged { get; init; }

    /// <summary>Whether <c>If-Match</c> is heeded.</summary>
    public bool IsConditional { get; init; }

    /// <summary>Whether only this process is asked, so that the outcome is always known.</summary>
    public bool IsLocal { get; init; }

    /// <summary>The rules that may refuse.</summary>
    public Refusal[] Refusals { get; init; } = [];

    /// <summary>What a caller should know besides, in whole sentences.</summary>
    public string? Note { get; init; }

    public string DoneMessage { get; } = $"{Title} done";

    public string FailedMessage { get; } = $"{Title} failed";
}

/// <summary>The routes of one contract word, below <c>/api/&lt;word&gt;</c>. A route cannot be declared without saying who may call it.</summary>
internal sealed class Routes(IEndpointRouteBuilder endpoints, string word, Gateway gateway)
{
    private readonly RouteGroupBuilder group = endpoints.MapGroup($"/api/{word}");

    public Routes Get(string path, Access access, Handler handler, RouteDoc doc) => Map(HttpMethods.Get, path, access, handler, doc);

    public Routes Post(string path, Access access, Handler handler, RouteDoc doc) => Map(HttpMethods.Post, path, access, handler, doc);

    public Routes Put(string path, Access access, Handler handler, RouteDoc doc) => Map(HttpMethods.Put, path, access, handler, doc);

    public Routes Patch(string path, Access access, Handler handler, RouteDoc doc) => Map(HttpMethods.Patch, path, access, handler, doc);

    public Routes Delete(string path, Access access, Handler handler, RouteDoc doc) => Map(HttpMethods.Delete, path, access, handler, doc);

    private Routes Map(string method, string path, Access access, Handler handler, RouteDoc doc)
    {
        RequestDelegate answer = http => handler(http, gateway);
        group.MapMethods(path, [method], answer)
            .WithMetadata(access, doc, answer.Method)
            .WithGroupName(word);
        return this;
    }
}

/// <summary>What <see cref="Front"/> and routing know of a request.</summary>
internal static class RequestFacts
{
    /// <summary>Whom the token speaks for. Present on every route that is not public.</summary>
    public static Identity Identity(this HttpContext http) => http.Features.GetRequiredFeature<Identity>();

    /// <summary>An id from the path; the route let nothing else through.</summary>
    public static RecordId PathId(this HttpContext http, string name) => RecordId.Parse((string)http.Request.RouteValues[name]!);

    /// <summary>What the route says of itself.</summary>
    public static RouteDoc Doc(this HttpContext http) => http.GetEndpoint()?.Metadata.GetMetadata<RouteDoc>() ?? RouteDoc.Request;
}
