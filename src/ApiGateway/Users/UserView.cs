using System.ComponentModel.DataAnnotations;
using Ticketing.Grains.Abstractions;
using Ticketing.Grains.Abstractions.Users;

namespace Ticketing.ApiGateway.Users;

/// <summary>A profile on the wire (contract.md 5.1).</summary>
internal sealed record UserView(
    RecordId Id,
    [property: StringLength(ProfileBody.LongestName, MinimumLength = ProfileBody.ShortestName), RegularExpression(ProfileBody.NamePattern)] string FirstName,
    [property: StringLength(ProfileBody.LongestName, MinimumLength = ProfileBody.ShortestName), RegularExpression(ProfileBody.NamePattern)] string LastName,
    [property: EmailAddress, StringLength(Users.Email.Longest)] string Email)
{
    public static Shape<UserRecord, UserView> Shape { get; } = new(Of, Json.Default.EnvelopeUserView, Json.Default.EnvelopeUserViewArray);

    private static UserView Of(UserRecord user) => new(user.Id.Value, user.FirstName, user.LastName, user.Email);
}

/// <summary>Whose an e-mail is.</summary>
internal sealed record UserIdView(RecordId Id);
