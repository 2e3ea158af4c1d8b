using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Users;

/// <summary>Profiles (contract.md 5).</summary>
internal static class UserEndpoints
{
    private const string Example = """{ "first_name": "ada", "last_name": "lovelace", "email": "ada@example.org" }""";

    public static Routes MapUsers(this Routes routes)
    {
        var staff = Access.Roles(Role.Admin, Role.Operator);
        return routes
            .Get("", staff, List, new("Listing the profiles") { Data = typeof(UserView[]), IsList = true })
            .Get("/id-by-email", Access.Internal, IdByEmail, new("Looking an e-mail up")
            {
                Body = typeof(EmailBody),
                Example = """{ "email": "ada@example.org" }""",
                Data = typeof(UserIdView),
                Refusals = [Refusal.NoSuchUser],
            })
            .Get("/me", Access.Authenticated, Me, new("Reading the profile") { Data = typeof(UserView), Refusals = [Refusal.NoSuchUser] })
            .Get("/{id:id}", Access.Authenticated, Read, new("Reading the profile")
            {
                Data = typeof(UserView),
                Refusals = [Refusal.NoSuchUser, Refusal.NotYours],
            })
            .Post("", Access.Internal, Create, new("Profile creation")
            {
                Body = typeof(ProfileBody),
                Example = Example,
                Data = typeof(UserView),
                Refusals = [Refusal.EmailTaken],
            })
            .Put("/me", Access.Authenticated, (http, gateway) => Update(http, gateway, http.Identity().Caller.UserId), Change)
            .Put("/{id:id}", staff, (http, gateway) => Update(http, gateway, PathUser(http)), Change)
            .Delete("/{id:id}", Access.Roles(Role.Admin), Delete, new("User deletion") { Data = typeof(UserView), Refusals = [Refusal.NoSuchUser] });
    }

    private static RouteDoc Change { get; } = new("Profile change")
    {
        Body = typeof(ProfileBody),
        Example = Example,
        Data = typeof(UserView),
        Refusals = [Refusal.NoSuchUser, Refusal.EmailTaken],
    };

    private static async Task List(HttpContext http, Gateway gateway) =>
        await http.List(await gateway.Grains.GetGrain<IUserListGrain>(0).List(http.PageRequest()), UserView.Shape);

    private static async Task IdByEmail(HttpContext http, Gateway gateway)
    {
        var body = await http.ReadBody(Json.Default.EmailBody);
        var email = body.Check();
        // What is no address is nobody's, and no grain is woken for it.
        var owner = Email.IsValid(email) ? await gateway.Grains.GetGrain<IEmailGrain>(email).Owner() : null;
        if (owner is { } user)
            await http.Done(new UserIdView(user.Value), Json.Default.EnvelopeUserIdView);
        else
            await http.Refuse(Refusal.NoSuchUser);
    }

    private static async Task Me(HttpContext http, Gateway gateway) =>
        await http.Answer(await Grain(gateway, http.Identity().Caller.UserId).Read(), UserView.Shape);

    private static async Task Read(HttpContext http, Gateway gateway)
    {
        var user = PathUser(http);
        if (http.Identity().Caller.MayRead(user))
            await http.Answer(await Grain(gateway, user).Read(), UserView.Shape);
        else
            await http.Refuse(Refusal.NotYours);
    }

    private static async Task Create(HttpContext http, Gateway gateway)
    {
        var body = await http.ReadBody(Json.Default.ProfileBody);
        var profile = body.Check();
        await http.Answer(await Grain(gateway, UserId.New(gateway.Now)).Create(profile), UserView.Shape);
    }

    private static async Task Update(HttpContext http, Gateway gateway, UserId user)
    {
        var body = await http.ReadBody(Json.Default.ProfileBody);
        var profile = body.Check();
        await http.Answer(await Grain(gateway, user).Update(profile), UserView.Shape);
    }

    private static async Task Delete(HttpContext http, Gateway gateway)
    {
        var (user, expiry) = (PathUser(http), gateway.Tokens.LatestExpiry);
        var answer = await Grain(gateway, user).Delete(expiry);
        if (answer.IsDone)
            gateway.Ended.Add(new(user.Value, expiry, gateway.Now));
        await http.Answer(answer, UserView.Shape);
    }

    private static UserId PathUser(HttpContext http) => new(http.PathId("id"));

    private static IUserGrain Grain(Gateway gateway, UserId user) => gateway.Grains.GetGrain<IUserGrain>(user.ToString());
}
