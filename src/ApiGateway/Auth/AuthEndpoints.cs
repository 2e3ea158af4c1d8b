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
            Refusals = [Refusal.EmailTaken, Refusal.TooManyPasswords],
        })
        .Post("/login", Access.Public, Login, new("Login")
        {
            Body = typeof(LoginBody),
            Example = """{ "email": "ada@example.org", "password": "Correct-Horse-1" }""",
            Data = typeof(TokenView),
            Refusals = [Refusal.WrongCredentials, Refusal.TooManyGuesses, Refusal.TooManyPasswords],
        })
        .Post("/refresh", Access.People, Refresh, new("Token refresh") { Data = typeof(TokenView) })
        .Post("/logout", Access.People, LogOut, new("Logout"))
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
        Answer<CredentialRecord> answer = default;
        if (await gateway.Door.Pass(Address.Of(http), async () => answer = await user.Register(profile, password, Role.User), http.RequestAborted))
            await http.Answer(answer, CredentialView.Shape);
        else
            await http.Refuse(Refusal.TooManyPasswords, gateway.Door.QueueTime);
    }

    private static async Task Login(HttpContext http, Gateway gateway)
    {
        var body = await http.ReadBody(Json.Default.LoginBody);
        var (email, password) = body.Check();
        var address = Address.Of(http);
        var (answer, wait) = (default(Answer<CredentialRecord>), gateway.Door.Wait(address));
        if (wait > TimeSpan.Zero)
            await http.Refuse(Refusal.TooManyGuesses, wait);
        else if (!await gateway.Door.Pass(address, async () => (answer, wait) = await Check(gateway, address, email, password), http.RequestAborted))
            await http.Refuse(Refusal.TooManyPasswords, gateway.Door.QueueTime);
        else if (answer.IsDone)
            await Issue(http, gateway, answer.Value);
        else if (answer.Refusal == Refusal.TooManyGuesses)
            await http.Refuse(Refusal.TooManyGuesses, wait);
        else
            await http.Answer(answer, CredentialView.Shape);
    }

    private static async Task<(Answer<CredentialRecord> Answer, TimeSpan Wait)> Check(Gateway gateway, Address address, string email, string password)
    {
        // Whoever waited for their turn comes after the guesses that were made meanwhile.
        if (gateway.Door.Wait(address) is var wait && wait > TimeSpan.Zero)
            return (Refusal.TooManyGuesses, wait);
        var owner = Email.IsValid(email) ? await gateway.Grains.GetGrain<IEmailGrain>(email).Owner() : null;
        var account = Grain(gateway, (owner ?? StandIn(email)).Value);
        var answer = await account.Check(password);
        if (answer.Refusal == Refusal.WrongCredentials)
            gateway.Door.AddGuess(address);
        return (answer, answer.Refusal == Refusal.TooManyGuesses ? await account.Wait() : TimeSpan.Zero);
    }

    // The role comes from the account, so that neither a role that was changed nor an account that was removed lives on by refreshing.
    private static async Task Refresh(HttpContext http, Gateway gateway)
    {
        var answer = await Grain(gateway, http.Identity().Caller.UserId.Value).Read();
        if (answer.IsDone)
            await Issue(http, gateway, answer.Value);
        else if (answer.Outcome == Outcome.Refused)
            await http.Fail(StatusCodes.Status401Unauthorized, "The account of this token is not there any more.");
        else
            await http.Unknown();
    }

    private static async Task Issue(HttpContext http, Gateway gateway, CredentialRecord account)
    {
        if (await gateway.Tokens.Issue(account.UserId, account.Role) is { } token)
            await http.Done(new TokenView(token), Json.Default.EnvelopeTokenView);
        else
            await http.Unknown();
    }

    private static async Task LogOut(HttpContext http, Gateway gateway)
    {
        var identity = http.Identity();
        var answer = await Grain(gateway, identity.Caller.UserId.Value).End(identity.Token, identity.Expires);
        if (answer.IsDone)
        {
            gateway.Ended.Add(answer.Value);
            await http.Done(http.Doc().DoneMessage);
        }
        else
        {
            await http.Unknown();
        }
    }

    private static async Task List(HttpContext http, Gateway gateway) =>
        await http.List(await gateway.Grains.GetGrain<ICredentialListGrain>(0).List(http.PageRequest()), StoredCredentialView.Shape);

    private static async Task Remove(HttpContext http, Gateway gateway)
    {
        var (user, expiry) = (http.PathId("user_id"), gateway.Tokens.LatestExpiry);
        var answer = await Grain(gateway, user).Remove(expiry);
        if (answer.Outcome != Outcome.Unknown)
            gateway.Ended.Add(new(user, expiry, gateway.Now));
        await http.Answer(answer, CredentialView.Shape);
    }

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
