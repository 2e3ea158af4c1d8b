using System.Text.Json.Nodes;

namespace Ticketing.Silo.Tests.Contract;

/// <summary>A scene, and a person who has registered.</summary>
/// <param name="Api">The API.</param>
/// <param name="Scene">One record of each kind.</param>
/// <param name="AccountId">The user who has registered.</param>
/// <param name="Email">Their e-mail.</param>
/// <param name="Token">The token of their login.</param>
internal sealed record World(Api Api, Scene Scene, string AccountId, string Email, string Token)
{
    public const string Password = "Correct-Horse-1";

    public static async Task<World> Set(Api api)
    {
        var body = Registration();
        var user = (await api.Send(HttpMethod.Post, "/api/auth/register", body: body)).Done().Text("user_id");
        var email = body.Text("email");
        var login = await api.Send(HttpMethod.Post, "/api/auth/login", body: new JsonObject { ["email"] = email, ["password"] = Password });
        return new(api, await Scene.Set(api), user, email, login.Done().Text("token"));
    }

    public static JsonObject Profile() => new() { ["first_name"] = "ada", ["last_name"] = "lovelace", ["email"] = $"{Guid.NewGuid():n}@example.org" };

    public static JsonObject Registration()
    {
        var body = Profile();
        (body["password"], body["confirm_password"]) = (Password, Password);
        return body;
    }

    /// <summary>A backup that was asked for just now.</summary>
    public async Task<string> Backup(string word) =>
        (await Api.Send(HttpMethod.Post, "/api/backups", Jwt.Admin, new JsonObject { ["service_name"] = word })).Done().Id();

    /// <summary>The path of a route with ids of this world.</summary>
    public async Task<string> Path(string route)
    {
        if (route == "/api/backups/{service_name}/last")
        {
            await Backup("Events");
            return "/api/backups/Events/last";
        }

        if (route.StartsWith("/api/backups/{id}", StringComparison.Ordinal)) return route.Replace("{id}", await Backup("Users"), StringComparison.Ordinal);
        return Scene.Path(route.Replace("{user_id}", AccountId, StringComparison.Ordinal).Replace("}", ":id}", StringComparison.Ordinal));
    }
}
