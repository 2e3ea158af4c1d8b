using System.Net.Http.Headers;
using System.Text;
using Ticketing.Grains.Abstractions.Auth;

namespace Ticketing.ApiGateway.Tests;

public sealed class RequestTests(TestGateway gateway) : IClassFixture<TestGateway>
{
    private static readonly string[] Words = ["auth", "users", "events", "tickets", "notifications", "payments", "backups"];

    [Fact]
    public async Task Every_service_reports_that_it_is_alive()
    {
        foreach (var word in Words)
        {
            var reply = await gateway.Get($"/api/{word}/health");
            reply.MustSucceed();
            Assert.False(reply.Json.TryGetProperty("data", out _));
            Assert.Equal("nosniff", reply.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.False(reply.Headers.Contains("Server"));
        }
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/api")]
    [InlineData("GET", "/api/nothing")]
    [InlineData("GET", "/api/events/65f0/x")]
    [InlineData("GET", "/api/events/65f0")]
    [InlineData("GET", "/api/events/65f0c1d2e3a4b5c6d7e8f90g")]
    [InlineData("GET", "/api/events/65f0c1d2e3a4b5c6d7e8f9012")]
    [InlineData("POST", "/api/events/health")]
    [InlineData("PATCH", "/api/events")]
    [InlineData("DELETE", "/api/auth/login")]
    [InlineData("GET", "/api/auth/login")]
    [InlineData("OPTIONS", "/api/events")]
    [InlineData("GET", "/api/events/doc/no-such-file.js")]
    [InlineData("GET", "/api/nothing/doc/")]
    [InlineData("GET", "/api/nothing/doc/openapi.json")]
    public async Task An_unknown_path_or_method_answers_404_with_the_envelope(string method, string path) =>
        (await gateway.Send(new HttpMethod(method), path, null, null)).MustFail(404);

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{\"email\":}")]
    [InlineData("{\"email\":\"a\"}}")]
    [InlineData("{'email':'a'}")]
    [InlineData("{\"email\":\"a\",}")]
    [InlineData("{\"email\":\"\\ud800\",\"password\":\"x\"}")]
    [InlineData("{\"email\":\"a\\udc00\",\"password\":\"x\"}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("12")]
    [InlineData("{\"email\":1,\"password\":\"x\"}")]
    [InlineData("{\"email\":null,\"password\":\"x\"}")]
    [InlineData("{\"email\":[\"a\"],\"password\":\"x\"}")]
    [InlineData("{\"password\":\"x\"}")]
    [InlineData("{\"EMAIL\":\"a\",\"password\":\"x\"}")]
    [InlineData("{}")]
    public async Task A_body_of_another_form_answers_400(string body) => (await gateway.Post("/api/auth/login", body)).MustFail(400);

    [Fact]
    public async Task Bytes_that_are_not_utf8_answer_400()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login") { Content = new ByteArrayContent([.. "{\"email\":\""u8, 0xC3, 0x28, .. "\",\"password\":\"x\"}"u8]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");

        (await gateway.Send(request)).MustFail(400);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("12")]
    [InlineData("\ufeff{\"seat_number\":1}")]
    [InlineData("\ufeff\ufeff{}")]
    [InlineData("{}}")]
    [InlineData("{} {}")]
    [InlineData("{}\n\n  x")]
    [InlineData("{'cvv':'a'}")]
    [InlineData("{\n\"cvv\":\"1\",\n  \"cvv\"}")]
    [InlineData("{\"cvv\":\"1\",}")]
    [InlineData("{\"cvv\":\"1\",\"cvv\":\"1\"}")]
    [InlineData("{\"cvv\":\"\\ud800\"}")]
    [InlineData("{\"cvv\":[\"a\"]}")]
    [InlineData("{\"seat_number\":4294967296}")]
    [InlineData("{\"seat_number\":1.5}")]
    [InlineData("{\"currency\":\"eur\"}")]
    [InlineData("{\"currency\":\"\\u0045ur\"}")]
    [InlineData("{\"currency\":\"\\ud800\"}")]
    [InlineData("{\"currency\":1}")]
    [InlineData("{\"event_id\":\"65f0\"}")]
    [InlineData("{\"event_id\":\"65f0c1d2e3a4b5c6d7e8f90g\"}")]
    [InlineData("{\"event_id\":\"\\u00365f0c1d2e3a4b5c6d7e8f901\"}")]
    [InlineData("{\"event_id\":{\"$oid\":\"65f0c1d2e3a4b5c6d7e8f901\",\"x\":1}}")]
    [InlineData("{\"event_id\":{\"$oid\":7}}")]
    [InlineData("{\"expiration_date\":\"2030-13-01T00:00:00Z\"}")]
    [InlineData("{\"expiration_date\":\"2035-12-31T23:59:59\\u005a\"}")]
    [InlineData("{\"expiration_date\":\"\\ud800\"}")]
    [InlineData("{\"expiration_date\":7}")]
    [InlineData("{\"unknown\":{\"a\":[1,2,{}]},\"card_number\":3}")]
    public async Task A_body_that_comes_whole_is_read_as_one_that_comes_in_pieces(string body)
    {
        var whole = await gateway.Post("/api/tickets", body, gateway.Token(Role.User));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/tickets") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new("Bearer", gateway.Token(Role.User));
        request.Headers.TransferEncodingChunked = true;

        Assert.Equal((await gateway.Send(request)).MustFail(400).Text, whole.Text);
    }

    [Fact]
    public async Task A_deeply_nested_body_answers_400() =>
        (await gateway.Post("/api/auth/login", string.Concat(Enumerable.Repeat("[", 100_000)))).MustFail(400);

    [Theory]
    [InlineData(null)]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData("application/jsonp")]
    public async Task Another_content_type_answers_415(string? type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login") { Content = new ByteArrayContent("{}"u8.ToArray()) };
        request.Content.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);

        (await gateway.Send(request)).MustFail(415);
    }

    [Theory]
    [InlineData("application/json")]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON;charset=\"UTF-8\"")]
    public async Task The_content_type_may_name_utf8(string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login") { Content = new ByteArrayContent("{}"u8.ToArray()) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", type);

        (await gateway.Send(request)).MustFail(400);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_of_three_mebibytes_answers_413(bool isChunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/auth/login");
        request.Content = new StringContent($"{{\"email\":\"{new string('x', 3 * 1024 * 1024)}\"}}", Encoding.UTF8, "application/json");
        request.Headers.TransferEncodingChunked = isChunked;

        (await gateway.Send(request)).MustFail(413);
    }

    [Fact]
    public async Task A_body_just_below_two_mebibytes_is_read()
    {
        var body = $"{{\"more\":\"{new string('x', (2 * 1024 * 1024) - 100)}\"}}";

        Assert.Contains("email", (await gateway.Post("/api/auth/login", body)).MustFail(400).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_missing_fields_are_named_at_once()
    {
        var error = (await gateway.Post("/api/tickets", "{}", gateway.Token(Role.User))).MustFail(400).Error!;

        foreach (var field in new[] { "card_number", "expiration_date", "cvv", "card_holder", "currency", "seat_number", "event_id", "user_id" })
            Assert.Contains($"{field}: is required.", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_field_of_the_wrong_type_is_named()
    {
        var reply = await gateway.Post("/api/tickets", """{"seat_number":"12"}""", gateway.Token(Role.User));

        Assert.StartsWith("seat_number:", reply.MustFail(400).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unexpected_fault_answers_500_without_internals_and_is_logged_once()
    {
        await using var own = new TestGateway();
        await own.InitializeAsync();

        var reply = await own.Get("/api/events");

        Assert.DoesNotContain("IEventListGrain", reply.MustFail(500).Text, StringComparison.Ordinal);
        Assert.Single(own.Faults.Lines);
    }

    [Fact]
    public async Task A_closed_gateway_refuses_everything_but_health()
    {
        await using var own = new TestGateway();
        await own.InitializeAsync();
        own.Admission.Close();

        var reply = await own.Get("/api/events");

        reply.MustFail(503);
        Assert.Equal(TimeSpan.FromSeconds(1), reply.Headers.RetryAfter!.Delta);
        Assert.True(reply.Headers.ConnectionClose);
        (await own.Get("/api/nothing")).MustFail(503);
        (await own.Get("/api/events/health")).MustSucceed();
    }
}
