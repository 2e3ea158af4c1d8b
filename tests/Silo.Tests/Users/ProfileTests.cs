using System.Net;
using System.Text.Json.Nodes;

namespace Ticketing.Silo.Tests.Users;

/// <summary>Profiles, as services and staff find and change them.</summary>
public sealed class ProfileTests(IdleServer shared) : ServerTests<IdleServer>(shared)
{
    [Fact]
    public async Task A_changed_email_is_found_and_the_one_before_is_free()
    {
        var (ada, bob) = (await Api.NewPerson(), await Api.NewPerson());
        var email = $"{Guid.NewGuid():n}@example.org";

        var changed = (await Change("me", ada.Token, email)).Done();

        Assert.Equal((ada.Id, "grace", email), (changed.Id(), changed.Text("first_name"), changed.Text("email")));
        Assert.Equal(ada.Id, (await Find(email.ToUpperInvariant())).Done().Id());
        (await Find(ada.Email)).Failed(HttpStatusCode.NotFound, "no-such-user");
        (await Change(bob.Id, Jwt.Admin, email)).Failed(HttpStatusCode.Conflict, "email-taken");
        Assert.Equal(ada.Email, (await Change(bob.Id, Jwt.Of(Jwt.NewId(), "Operator"), ada.Email)).Done().Text("email"));
        (await Change(Jwt.NewId(), Jwt.Admin, $"{Guid.NewGuid():n}@example.org")).Failed(HttpStatusCode.NotFound, "no-such-user");
        (await Api.Get($"/api/users/{Jwt.NewId()}", Jwt.Admin)).Failed(HttpStatusCode.NotFound, "no-such-user");
        var listed = (await Api.All("/api/users", Jwt.Admin)).Select(user => user.Id()).ToArray();
        Assert.Equal([ada.Id, bob.Id], listed.Where(id => id == ada.Id || id == bob.Id));
    }

    private Task<Reply> Change(string who, string token, string email) => Api.Send(
        HttpMethod.Put, $"/api/users/{who}", token, new JsonObject { ["first_name"] = "Grace", ["last_name"] = "Hopper", ["email"] = email });

    private Task<Reply> Find(string email) => Api.Send(HttpMethod.Get, "/api/users/id-by-email", Jwt.Internal, new JsonObject { ["email"] = email });
}
