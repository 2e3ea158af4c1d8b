using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Ticketing.Silo.Tests;

/// <summary>Makes tokens as contract.md 2.2 and 2.3 describe them, good ones and bad ones, without the product's own code.</summary>
internal static class Jwt
{
    public const string ExternalKey = "the-key-of-peoples-tokens-in-tests-0123456789";
    public const string InternalKey = "the-key-of-services-tokens-in-tests-0123456789";
    private const string Header = """{"alg":"HS256","typ":"JWT"}""";

    public static string Admin { get; } = Of(NewId(), "Admin");

    public static string Internal { get; } = Signed(InternalKey, new() { ["internal"] = true, ["exp"] = InAnHour });

    /// <summary>Another token of a service: one that may be logged out while others go on.</summary>
    public static string NewInternal() => Signed(InternalKey, new() { ["internal"] = true, ["exp"] = InAnHour + RandomNumberGenerator.GetInt32(3600) });

    /// <summary>What the original's collection sends with everything.</summary>
    public static string InternalForCenturies { get; } = Signed(InternalKey, new() { ["internal"] = true, ["exp"] = 99_999_999_999 });

    public static string Unsigned { get; } = $"{Part("""{"alg":"none","typ":"JWT"}""")}.{Part(Claims(NewId(), "Admin", InAnHour).ToJsonString())}.";

    public static string Expired { get; } = Signed(ExternalKey, Claims(NewId(), "Admin", Now - 120));

    public static string Forged { get; } = Signed("somebody-elses-key-0123456789-0123456789-01", Claims(NewId(), "Admin", InAnHour));

    /// <summary>A person's token under the services' key, and the reverse: each kind has its own key.</summary>
    public static string ExternalUnderInternalKey { get; } = Signed(InternalKey, Claims(NewId(), "Admin", InAnHour));

    public static string InternalUnderExternalKey { get; } = Signed(ExternalKey, new() { ["internal"] = true, ["exp"] = InAnHour });

    public static string InternalFalse { get; } = Signed(InternalKey, new() { ["internal"] = false, ["exp"] = InAnHour });

    public static string WithAudience { get; } = Signed(ExternalKey, new(Claims(NewId(), "Admin", InAnHour).Append(new("aud", "others")).Select(Copy)));

    public static string WithoutEnd { get; } = Signed(ExternalKey, new() { ["user_id"] = NewId(), ["role"] = "Admin" });

    public static string UnknownRole { get; } = Of(NewId(), "admin");

    private static long Now => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    private static long InAnHour => Now + 3600;

    public static string Of(string userId, string role) => Signed(ExternalKey, Claims(userId, role, InAnHour));

    public static string NewId() => RandomNumberGenerator.GetHexString(24, lowercase: true);

    private static JsonObject Claims(string userId, string role, long exp) => new() { ["user_id"] = userId, ["role"] = role, ["exp"] = exp };

    private static KeyValuePair<string, JsonNode?> Copy(KeyValuePair<string, JsonNode?> claim) => new(claim.Key, claim.Value?.DeepClone());

    private static string Signed(string key, JsonObject claims)
    {
        var text = $"{Part(Header)}.{Part(claims.ToJsonString())}";
        return $"{text}.{Base64Url.EncodeToString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(text)))}";
    }

    private static string Part(string json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
}
