using System.Text;
using Ticketing.ApiGateway;
using Ticketing.ApiGateway.Auth;
using Ticketing.Grains.Abstractions.Auth;
using Ticketing.Grains.Abstractions.Users;
using Ticketing.OnSale.Load;

namespace Ticketing.OnSale;

/// <summary>The tokens of the buyers: made here, checked by the servers, with keys of this run.</summary>
internal static class Tokening
{
    private const string External = "JWT_EXTERNAL_SIGNATURE";
    private const string Internal = "JWT_INTERNAL_SIGNATURE";

    /// <summary>Keys for the servers of this run.</summary>
    public static Dictionary<string, string> Keys() => new() { [External] = Guid.NewGuid().ToString("n") + "external", [Internal] = Guid.NewGuid().ToString("n") + "internal" };

    /// <summary>The keys that a server was given.</summary>
    public static GatewaySettings Settings() => Settings(name => Environment.GetEnvironmentVariable(name)!);

    /// <summary>People with tokens.</summary>
    /// <param name="keys">The keys of this run.</param>
    /// <param name="count">How many.</param>
    public static Buyer[] Buyers(IReadOnlyDictionary<string, string> keys, int count)
    {
        var tokens = new Tokens(Settings(name => keys[name]), new EndedTokens(null!, TimeProvider.System), TimeProvider.System);
        return [.. Enumerable.Range(0, count).Select(_ => UserId.New(TimeProvider.System.GetUtcNow())).Select(user => new Buyer(user.ToString(), tokens.MintExternal(user, Role.User)))];
    }

    private static GatewaySettings Settings(Func<string, string> key) => new(Encoding.UTF8.GetBytes(key(External)), Encoding.UTF8.GetBytes(key(Internal)));
}
