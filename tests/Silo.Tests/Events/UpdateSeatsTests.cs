using System.Net;
using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Tickets;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Events;

/// <summary>How many seats are for sale, as services move it.</summary>
public sealed class UpdateSeatsTests(IdleServer shared) : ServerTests<IdleServer>(shared)
{
    [Fact]
    public async Task Seats_are_withheld_and_put_up_again_within_what_is_free()
    {
        var (buyer, eventId) = (await Api.NewPerson(), await Api.NewEvent());
        (await Api.Buy(buyer, eventId, 1)).Done();

        Assert.Equal(0, (await Allot(eventId, -49, "once")).Done().Number("remaining_seats"));
        Assert.Equal(0, (await Allot(eventId, -49, "once")).Done().Number("remaining_seats"));
        (await Allot(eventId, -48, "once")).Failed(HttpStatusCode.UnprocessableEntity, "operation-id-reused");
        (await Api.Buy(buyer, eventId, 2)).Failed(HttpStatusCode.Conflict, "sold-out");
        (await Allot(eventId, -1)).Failed(HttpStatusCode.Conflict, "allotment-beyond-seats");
        (await Allot(eventId, 50)).Failed(HttpStatusCode.Conflict, "allotment-beyond-seats");

        Assert.Equal(49, (await Allot(eventId, 49)).Done().Number("remaining_seats"));
        Assert.Equal(49, await Api.RemainingSeats(eventId));
        (await Api.Buy(buyer, eventId, 2)).Done();
        (await Allot(Jwt.NewId(), 1)).Failed(HttpStatusCode.NotFound, "no-such-event");
    }

    private Task<Reply> Allot(string eventId, int delta, string? key = null) =>
        Api.Send(HttpMethod.Patch, $"/api/events/{eventId}/update-seats", Jwt.Internal, new JsonObject { ["delta"] = delta }, key);
}
