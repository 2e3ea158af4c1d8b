using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Events;
using Ticketing.Grains.Abstractions.Tickets;

namespace Ticketing.ApiGateway.Tests;

/// <summary>The operations of commands are stored and compared with those of repeats for as long as their event lives: what is asked has the id and the fingerprint that it always had.</summary>
public sealed class OperationTests(TestGateway gateway) : IClassFixture<TestGateway>
{
    private const string Id = "65f0c1d2e3a4b5c6d7e8f901";
    private const string Event = "\"title\": \" Symphony \", \"description\": \"The last one, with choir.\", \"location\": \"Hall\", \"date\": \"2031-05-15T19:00:00Z\", \"capacity\": 200, \"price\": 45";

    [Theory]
    [InlineData("Ada", "d318e785047033ef")]
    [InlineData("Zoë 🎫", "d318e78504707f67")]
    public async Task A_purchase(string holder, string fingerprint)
    {
        var body = $$"""
            { "card_number": "4242424242424242", "expiration_date": "2031-12-31T00:00:00Z", "cvv": "123", "card_holder": "{{holder}}",
              "currency": "Eur", "seat_number": 5, "event_id": "65f0c1d2e3a4b5c6d7e8f90a", "user_id": "{{Id}}" }
            """;

        Assert.Equal($"9c3dfebebfecd3ca718fb6cda5b62bc9 {fingerprint}", await Asked("POST", "/api/tickets", body, gateway.Token(Role.User)));
        Assert.Equal($"6536494bfe3c93b398add5496c2c030b {fingerprint}", await Asked("POST", "/api/tickets", body));
    }

    [Theory]
    [InlineData("POST", "/api/events", "{" + Event + "}", "70358c5929649264")]
    [InlineData("PUT", $"/api/events/{Id}", "{" + Event + ", \"remaining_seats\": 7}", "36be8ce4c3d1887e")]
    [InlineData("PATCH", $"/api/events/{Id}/update-seats", """{"delta":-10}""", "2644dabc895c03b3")]
    [InlineData("DELETE", $"/api/events/{Id}", null, "7067ef5f467f4ff6")]
    [InlineData("PATCH", $"/api/tickets/{Id}/seat", """{"seat_number":13}""", "110048c31bcd72b0")]
    [InlineData("PATCH", $"/api/tickets/{Id}/cancel", null, "e6e8293852be86c2")]
    [InlineData("PATCH", $"/api/tickets/{Id}/refund", null, "ba0c443f109e5608")]
    [InlineData("PATCH", $"/api/tickets/{Id}/active", null, "dec39a16138f990d")]
    [InlineData("DELETE", $"/api/tickets/{Id}", null, "f00e387aca70e910")]
    public async Task Another_command(string method, string path, string? body, string fingerprint) =>
        Assert.Equal($"6536494bfe3c93b398add5496c2c030b {fingerprint}", await Asked(method, path, body));

    private async Task<string> Asked(string method, string path, string? body, string? token = null)
    {
        Operation operation = default;
        gateway.Grains.On<INewEventGrain>(call => Task.FromResult<Answer<EventKey>>((EventKey)call.Arguments[0]!));
        gateway.Grains.On<ITicketGrain>(call => Refuse<TicketRecord>(call.Arguments[0]!));
        gateway.Grains.On<IEventGrain>(call => call.Arguments[0] is Purchase[] purchases ? RefuseAll(purchases) : Refuse<EventRecord>(call.Arguments[0]!));
        (await gateway.Send(new HttpMethod(method), path, body, token ?? gateway.Tokens.MintInternal(), "order-1")).MustFail(403);
        return $"{operation.Id} {operation.Fingerprint:x16}";

        Task<Answer<TicketRecord>[]> RefuseAll(Purchase[] asked)
        {
            operation = Assert.Single(asked).Operation;
            return Task.FromResult<Answer<TicketRecord>[]>([Refusal.NotYours]);
        }

        Task<Answer<TRecord>> Refuse<TRecord>(object asked)
        {
            operation = (Operation)asked;
            return Task.FromResult<Answer<TRecord>>(Refusal.NotYours);
        }
    }
}
