using System.ComponentModel.DataAnnotations;
using Ticketing.Grains.Abstractions.Backups;

namespace Ticketing.ApiGateway.Backups;

/// <summary>What to make a backup of (contract.md 10.2).</summary>
internal sealed class BackupBody
{
    [Required]
    public BackupService? ServiceName { get; set; }

    /// <summary>The service.</summary>
    /// <exception cref="BadRequest">It is missing.</exception>
    public BackupService Check()
    {
        var fields = new Fields();
        var service = fields.Given("service_name", ServiceName);
        fields.ThrowIfBad();
        return service;
    }
}
