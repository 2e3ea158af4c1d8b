using System.Security.Cryptography;
using System.Text;
using Ticketing.ApiGateway.Users;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Auth;

/// <summary>Registration, login and who one is (contract.md 4).</summary>
internal static class AuthEndpoints
{
    public static Routes MapAuth(this Routes routes) => routes
        .Get("/me", Access.Authenticated, Me, new("Reading the token") { Data = typeof(ClaimsView), IsLocal = true })
        .Post("/register", Access.Public, Register, new("Registration")
        {
            Body = typeof(RegisterBody),
            Example = """
                { "first_name": "ada", "last_name": "lovelace", "email": "ada@example.org",
                  "password": "Correct-Horse-1", "confirm_password": "Correct-Horse-1" }
                """,
            Data = typeof(CredentialView),
            Refusals = [Refusal.EmailTaken],
        })
        .Post("/login", Access.Public, Login, new("Login")
        {
            Body = typeof(LoginBody),
            Example = """{ "email": "ada@example.org", "password": "Correct-Horse-1" }""",
            Data = typeof(TokenView),
            Refusals = [Refusal.WrongCredentials, Refusal.TooManyGuesses],
        })
        .Post("/refresh", Access.People, Refresh, new("Token refresh") { Data = typeof(TokenView) })
        .Get("", Access.Internal, List, new("Listing the credentials") { Data = typeof(StoredCredentialView[]), IsList = true })
        .Delete("/{user_id:id}", Access.Internal, Remove, new("Credential deletion") { Data = typeof(CredentialView), Refusals = [Refusal.NoSuchUser] })
        .Patch("/{user_id:id}/role", Access.AdminOrInternal, SetRole, new("Role change")
        {
            Body = typeof(RoleBody),
            Example = """{ "role": "EventCreator" }""",
            Data = typeof(CredentialView),
            Refusals = [Refusal.NoSuchUser],
        });

    private static Task Me(HttpContext http, Gateway gateway)
    {
        var identity = http.Identity();
        return http.Done(new ClaimsView(identity.Caller.UserId.Value, identity.Caller.Role, identity.Expires), Json.Default.EnvelopeClaimsView);
    }

    private static async Task Register(HttpContext http, Gateway gateway)
    {
        var body = await http.ReadBody(Json.Default.RegisterBody);
        var (profile, password) = body.Check();
        var user = gateway.Grains.GetGrain<IUserGrain>(UserId.New(gateway.Now).ToString());
        await http.Answer(await user.Register(profile, password, Role.User), CredentialView.Shape);
    }

    private static async Task Login(HttpContext http, Gateway gateway)
    {
        var body = await http.ReadBody(Json.Default.LoginBody);
        var (email, password) = body.Check();
        var owner = Email.IsValid(email) ? await gateway.Grains.GetGrain<IEmailGrain>(email).Owner() : null;
        var account = gateway.Grains.GetGrain<ICredentialGrain>((owner ?? StandIn(email)).ToString());
        var answer = await account.Check(password);
        if (answer.IsDone)
            await http.Done(new TokenView(gateway.Tokens.MintExternal(answer.Value.UserId, answer.Value.Role)), Json.Default.EnvelopeTokenView);
        else
            await http.Answer(answer, CredentialView.Shape);
    }

    // The role comes from the account, so that neither a role that was changed nor an account that was removed lives on by refreshing.
    private static async Task Refresh(HttpContext http, Gateway gateway)
    {
        var answer = await Grain(gateway, http.Identity().Caller.UserId.Value).Read();
        if (answer.IsDone)
            await http.Done(new TokenView(gateway.Tokens.MintExternal(answer.Value.UserId, answer.Value.Role)), Json.Default.EnvelopeTokenView);
        else if (answer.Outcome == Outcome.Refused)
            await http.Fail(StatusCodes.Status401Unauthorized, "The account of this token is not there any more.");
        else
            await http.Unknown();
    }

    private static async Task List(HttpContext http, Gateway gateway) =>
        await http.List(await gateway.Grains.GetGrain<ICredentialListGrain>(0).List(http.PageRequest()), StoredCredentialView.Shape);

    private static async Task Remove(HttpContext http, Gateway gateway) =>
        await http.Answer(await Grain(gateway, http.PathId("user_id")).Remove(), CredentialView.Shape);

    private static async Task SetRole(HttpContext http, Gateway gateway)
    {
        var body = await http.ReadBody(Json.Default.RoleBody);
        var role = body.Check();
        await http.Answer(await Grain(gateway, http.PathId("user_id")).SetRole(role), CredentialView.Shape);
    }

    private static ICredentialGrain Grain(Gateway gateway, RecordId user) => gateway.Grains.GetGrain<ICredentialGrain>(user.ToString());

    // An unknown e-mail must cost the same work and meet the same throttle as a known one, or answers tell who has an account.
    private static UserId StandIn(string email)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"nobody\n{email}"), hash);
        return new UserId(RecordId.Read(hash));
    }
}
