using System.Xml.Linq;

namespace Ticketing.Conventions.Tests;

/// <summary>Who may depend on whom: the table of ARCHITECTURE.md.</summary>
public class DependencyTests
{
    [Theory]
    [InlineData("Grains.Abstractions", "")]
    [InlineData("History", "")]
    [InlineData("Grains", "Grains.Abstractions History")]
    [InlineData("Storage", "Grains")]
    [InlineData("Storage.Sqlite", "Storage")]
    [InlineData("Clustering.Mongo", "")]
    [InlineData("Storage.Mongo", "Clustering.Mongo Storage")]
    [InlineData("Mail.Smtp", "Grains")]
    [InlineData("Payments.Simulated", "Grains")]
    [InlineData("ApiGateway", "Grains.Abstractions Clustering.Mongo")]
    public void A_project_refers_to_no_other_than_it_may(string project, string allowed)
    {
        var file = XDocument.Load(Path.Combine(Repository.Root, "src", project, $"{project}.csproj"));
        var references = file.Descendants("ProjectReference").Select(one => Path.GetFileNameWithoutExtension(one.Attribute("Include")!.Value));
        Assert.Equal(allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries), references);
    }

    [Theory]
    [InlineData("Grains.Abstractions", "Microsoft.Orleans.Sdk")]
    [InlineData("Grains", "BCrypt.Net-Next Microsoft.Orleans.Reminders Microsoft.Orleans.Sdk")]
    [InlineData("History", "")]
    [InlineData("Storage.Sqlite", "Microsoft.Data.Sqlite System.IO.Hashing")]
    [InlineData("Clustering.Mongo", "Microsoft.Orleans.Core MongoDB.Driver")]
    [InlineData("Storage.Mongo", "MongoDB.Driver")]
    [InlineData("Mail.Smtp", "MailKit System.Security.Cryptography.Pkcs")]
    [InlineData("Payments.Simulated", "")]
    public void A_project_uses_no_other_library_than_its_own(string project, string allowed)
    {
        var file = XDocument.Load(Path.Combine(Repository.Root, "src", project, $"{project}.csproj"));
        var packages = file.Descendants("PackageReference").Select(one => one.Attribute("Include")!.Value).Order(StringComparer.Ordinal);
        Assert.Equal(allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries), packages);
    }

    [Fact]
    public void The_decisions_of_a_sale_know_nothing_of_the_runtime_or_of_the_clock()
    {
        foreach (var name in new[] { "Sale.cs", "SaleState.cs", "SaleSnapshot.cs", "Projection.cs", "EntryFormat.cs", "HistoryOf.cs", "Ledger.cs" })
        {
            var text = File.ReadAllText(Path.Combine(Repository.Root, "src/Grains/Events", name));
            foreach (var forbidden in new[] { "using Orleans", "IGrainFactory", "TimeProvider", "Random.", "Guid.NewGuid()", "ILogger" })
            {
                // A batch gets an id of its own: that is how an unknown outcome is settled.
                if (name == "Ledger.cs" && forbidden.StartsWith("Guid", StringComparison.Ordinal)) continue;
                Assert.False(text.Contains(forbidden, StringComparison.Ordinal), $"{name} uses {forbidden}");
            }
        }
    }
}
