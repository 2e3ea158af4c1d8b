using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Ticketing.Silo.Tests.Contract;

/// <summary>The record tables of the contract: which members, and what each holds. Members may be added, never renamed or dropped.</summary>
internal static partial class Records
{
    private static readonly string[] Roles = ["User", "EventCreator", "Operator", "Admin"];

    public static Record Credential { get; } = new() { ["id"] = Id, ["role"] = OneOf(Roles), ["user_id"] = Id };

    public static Record StoredCredential { get; } = new() { ["id"] = Id, ["password"] = Text, ["role"] = OneOf(Roles), ["user_id"] = Id };

    public static Record Claims { get; } = new() { ["user_id"] = Id, ["role"] = OneOf(Roles), ["exp"] = Seconds };

    public static Record Token { get; } = new() { ["token"] = value => Text(value) && value!.GetValue<string>().Count(character => character == '.') == 2 };

    public static Record User { get; } = new() { ["id"] = Id, ["first_name"] = Text, ["last_name"] = Text, ["email"] = Text };

    public static Record UserId { get; } = new() { ["id"] = Id };

    public static Record Event { get; } = new()
    {
        ["id"] = Id,
        ["title"] = Text,
        ["description"] = Text,
        ["date"] = Date,
        ["capacity"] = Whole,
        ["location"] = Text,
        ["remaining_seats"] = Whole,
        ["price"] = Whole,
        ["created_at"] = Date,
        ["creator_id"] = Id,
    };

    public static Record Ticket { get; } = new()
    {
        ["id"] = Id,
        ["purchase_date"] = Date,
        ["seat_number"] = Whole,
        ["status"] = OneOf("Pending", "Active", "Refunded", "Cancelled"),
        ["price"] = Whole,
        ["event_id"] = Id,
        ["user_id"] = Id,
    };

    public static Record Payment { get; } = new()
    {
        ["id"] = Id,
        ["amount"] = Whole,
        ["currency"] = OneOf("Eur", "Usd"),
        ["status"] = OneOf("Pending", "Success", "Failed", "Refunded"),
        ["created_at"] = Date,
        ["user_id"] = Id,
        ["event_id"] = Id,
        ["ticket_id"] = Id,
    };

    public static Record Notification { get; } = new()
    {
        ["id"] = Id,
        ["message"] = value => Text(value) && value!.GetValue<string>().EnumerateRunes().Count() is >= 10 and <= 100,
        ["notif_type"] = OneOf("Email", "Sms"),
        ["status"] = OneOf("Pending", "Sent", "Failed"),
        ["created_at"] = Date,
        ["user_id"] = Id,
    };

    public static Record Backup { get; } = new()
    {
        ["id"] = Id,
        ["created_at"] = Date,
        ["finished_at"] = value => value is null || Date(value),
        ["service_name"] = OneOf("Auth", "Events", "Notifications", "Payments", "Tickets", "Users"),
        ["status"] = OneOf("Pending", "InProgress", "Completed", "Failed"),
        ["data"] = value => value is null or JsonArray,
    };

    private static bool Id(JsonNode? value) => Text(value) && IdForm().IsMatch(value!.GetValue<string>());

    private static bool Date(JsonNode? value) => Text(value) && DateForm().IsMatch(value!.GetValue<string>());

    private static bool Text(JsonNode? value) => value?.GetValueKind() == JsonValueKind.String;

    private static bool Whole(JsonNode? value) => value?.GetValueKind() == JsonValueKind.Number && value.AsValue().TryGetValue<uint>(out _);

    private static bool Seconds(JsonNode? value) => value?.GetValueKind() == JsonValueKind.Number && value.AsValue().TryGetValue<long>(out _);

    private static Func<JsonNode?, bool> OneOf(params string[] names) => value => Text(value) && names.Contains(value!.GetValue<string>());

    [GeneratedRegex(@"\A[0-9a-f]{24}\z")]
    private static partial Regex IdForm();

    /// <summary>Milliseconds at most, without trailing zeros, in UTC.</summary>
    [GeneratedRegex(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{0,2}[1-9])?Z\z")]
    private static partial Regex DateForm();
}

/// <summary>A record's members, each with what it may hold.</summary>
internal sealed partial class Record : Dictionary<string, Func<JsonNode?, bool>>
{
    /// <summary>Checks that a record has every member, that each holds what it must, and that what was added is named as the rest.</summary>
    public void Check(JsonNode? record)
    {
        var members = Assert.IsType<JsonObject>(record);
        foreach (var (name, holds) in this)
        {
            Assert.True(members.ContainsKey(name), $"{name} is missing: {members}");
            Assert.True(holds(members[name]), $"{name} is not as the contract says: {members}");
        }

        Assert.All(members, member => Assert.Matches(SnakeCase(), member.Key));
        if (!ContainsKey("password")) Assert.False(members.ContainsKey("password"), $"a password: {members}");
    }

    [GeneratedRegex(@"\A[a-z]+(_[a-z]+)*\z")]
    private static partial Regex SnakeCase();
}
