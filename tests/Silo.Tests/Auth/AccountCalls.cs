using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Ticketing.Silo.Tests.Users;

namespace Ticketing.Silo.Tests.Auth;

/// <summary>Accounts with passwords.</summary>
internal static class AccountCalls
{
    public const string Password = "Correct-Horse-1";

    /// <summary>Registers somebody new and logs in.</summary>
    public static async Task<Person> NewAccount(this Api api, string? email = null)
    {
        email ??= $"{Guid.NewGuid():n}@example.org";
        var id = (await api.Register(email)).Done().Text("user_id");
        return new(id, await api.Token(email), email);
    }

    public static Task<Reply> Register(this Api api, string email) => api.Send(HttpMethod.Post, "/api/auth/register", body: new JsonObject
    {
        ["first_name"] = "ada",
        ["last_name"] = "lovelace",
        ["email"] = email,
        ["password"] = Password,
        ["confirm_password"] = Password,
    });

    public static Task<Reply> LogIn(this Api api, string email, string password = Password) =>
        api.Send(HttpMethod.Post, "/api/auth/login", body: new JsonObject { ["email"] = email, ["password"] = password });

    public static async Task<string> Token(this Api api, string email, string password = Password) => (await api.LogIn(email, password)).Done().Text("token");

    public static Task<Reply> LogOut(this Api api, string token) => api.Send(HttpMethod.Post, "/api/auth/logout", token);

    public static Task<Reply> Refresh(this Api api, string token) => api.Send(HttpMethod.Post, "/api/auth/refresh", token);

    public static Task<Reply> Me(this Api api, string token) => api.Get("/api/auth/me", token);

    /// <summary>The API as it is called from another address of this machine.</summary>
    public static Api From(this Api api, string address) => new(api.Address, async (context, cancellation) =>
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        await socket.ConnectAsync(context.DnsEndPoint, cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    });
}
