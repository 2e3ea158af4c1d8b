using System.Net;
using System.Text.Json.Nodes;

namespace Ticketing.Silo.Tests.Auth;

/// <summary>An account's role and its end.</summary>
public sealed class CredentialTests(IdleServer shared) : ServerTests<IdleServer>(shared)
{
    private const string Password = "Correct-Horse-1";

    [Fact]
    public async Task A_new_role_comes_with_the_next_token_and_a_removed_credential_with_none()
    {
        var email = $"{Guid.NewGuid():n}@example.org";
        var user = (await Api.Send(HttpMethod.Post, "/api/auth/register", body: new JsonObject
        {
            ["first_name"] = "ada",
            ["last_name"] = "lovelace",
            ["email"] = email,
            ["password"] = Password,
            ["confirm_password"] = Password,
        })).Done().Text("user_id");
        var token = (await LogIn(email)).Done().Text("token");
        var stored = Assert.Single(await Api.All("/api/auth", Jwt.Internal), credential => credential.Text("user_id") == user);
        Assert.StartsWith("$2", stored.Text("password"), StringComparison.Ordinal);

        var changed = (await Api.Send(HttpMethod.Patch, $"/api/auth/{user}/role", Jwt.Admin, new JsonObject { ["role"] = "EventCreator" })).Done();
        Assert.Equal(("EventCreator", null), (changed.Text("role"), changed["password"]));
        Assert.Equal("User", await RoleOf(token));
        var refreshed = (await Api.Send(HttpMethod.Post, "/api/auth/refresh", token)).Done().Text("token");
        Assert.Equal("EventCreator", await RoleOf(refreshed));
        Assert.Equal("EventCreator", await RoleOf((await LogIn(email)).Done().Text("token")));

        Assert.Equal(user, (await Api.Send(HttpMethod.Delete, $"/api/auth/{user}", Jwt.Internal)).Done().Text("user_id"));
        (await Api.Send(HttpMethod.Delete, $"/api/auth/{user}", Jwt.Internal)).Failed(HttpStatusCode.NotFound, "no-such-user");
        (await LogIn(email)).Failed(HttpStatusCode.Unauthorized, "wrong-credentials");
        (await Api.Send(HttpMethod.Post, "/api/auth/refresh", refreshed)).Failed(HttpStatusCode.Unauthorized);
    }

    private Task<Reply> LogIn(string email) =>
        Api.Send(HttpMethod.Post, "/api/auth/login", body: new JsonObject { ["email"] = email, ["password"] = Password });

    private async Task<string> RoleOf(string token) => (await Api.Get("/api/auth/me", token)).Done().Text("role");
}
