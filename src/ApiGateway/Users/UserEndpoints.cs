using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Users;

/// <summary>Profiles (contract.md 5).</summary>
internal static class UserEndpoints
{
    public static Routes MapUsers(this Routes routes) => routes
        .Get("/me", Access.Authenticated, Me, new("Reading the profile") { Data = typeof(UserView), Refusals = [Refusal.NoSuchUser] })
        .Post("", Access.Internal, Create, new("Profile creation")
        {
            Body = typeof(ProfileBody),
            Example = """{ "first_name": "ada", "last_name": "lovelace", "email": "ada@example.org" }""",
            Data = typeof(UserView),
            Refusals = [Refusal.EmailTaken],
        });

    private static async Task Me(HttpContext http, Gateway gateway)
    {
        var user = gateway.Grains.GetGrain<IUserGrain>(http.Identity().Caller.UserId.ToString());
        await http.Answer(await user.Read(), UserView.Shape);
    }

    private static async Task Create(HttpContext http, Gateway gateway)
    {
        var body = await http.ReadBody(Json.Default.ProfileBody);
        var profile = body.Check();
        var user = gateway.Grains.GetGrain<IUserGrain>(UserId.New(gateway.Now).ToString());
        await http.Answer(await user.Create(profile), UserView.Shape);
    }
}
