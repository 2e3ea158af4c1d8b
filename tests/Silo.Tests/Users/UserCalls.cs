using System.Text.Json.Nodes;

namespace Ticketing.Silo.Tests.Users;

/// <summary>A person who has a profile and a token.</summary>
internal sealed record Person(string Id, string Token, string Email);

internal static class UserCalls
{
    /// <summary>A profile with a token of any role, without the cost of a password.</summary>
    public static async Task<Person> NewPerson(this Api api, string role = "User", string? email = null)
    {
        email ??= $"{Guid.NewGuid():n}@example.org";
        var body = new JsonObject { ["first_name"] = "ada", ["last_name"] = "lovelace", ["email"] = email };
        var id = (await api.Send(HttpMethod.Post, "/api/users", Jwt.Internal, body)).Done().Id();
        return new(id, Jwt.Of(id, role), email);
    }
}
