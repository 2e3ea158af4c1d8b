using Ticketing.Storage;
using Ticketing.Storage.Sqlite;
using Ticketing.Storage.Tests;
using Ticketing.Storage.Tests.Sqlite;

// What this assembly does when a test starts it as a second process.
switch (args)
{
    case ["open", var directory]:
        try
        {
            using var engine = new SqliteEngine(directory);
            Console.WriteLine("opened");
            Console.ReadLine();
            return 0;
        }
        catch (StorageException e)
        {
            Console.WriteLine(e.Message);
            return 1;
        }

    case ["sell", var directory]:
        await Seller.Run(directory);
        return 0;

    case ["measure", "start", var tickets]:
        await Measure.Start(int.Parse(tickets, System.Globalization.CultureInfo.InvariantCulture));
        return 0;

    case ["measure"]:
        await Measure.Run();
        return 0;

    default:
        Console.Error.WriteLine("dotnet test runs the tests; `measure` after -- measures a commit, `measure start 50000` the start of a database with so many tickets");
        return 2;
}
