using System.ComponentModel.DataAnnotations;

namespace Ticketing.ApiGateway.Users;

/// <summary>An e-mail to look up (contract.md 5.2). One that is none is nobody's, which is the answer; it breaks no rule.</summary>
internal sealed class EmailBody
{
    [Required]
    public string? Email { get; set; }

    /// <summary>The e-mail as accounts are known by.</summary>
    /// <exception cref="BadRequest">It is missing.</exception>
    public string Check()
    {
        var fields = new Fields();
        var email = fields.Text("email", ProfileBody.Normal(Email), 0, int.MaxValue);
        fields.ThrowIfBad();
        return email;
    }
}
