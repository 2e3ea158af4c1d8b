using System.Text;
using Ticketing.Grains.Tests.Events;
using Ticketing.History;
using Xunit.Abstractions;

namespace Ticketing.Grains.Tests.Histories;

/// <summary>A history as a file: read as it was written, and found when somebody touched it.</summary>
public sealed class HistoryFileTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Every_kind_of_line_is_read_as_it_was_written()
    {
        var story = HandMade.Whole();
        story.Add(new Batch(99, 0, Fault: "cannot be \"read\"")).Add(new Opened(story.Now, 0)).Add(new ReturnDone(story.Now, HandMade.Ticket(12)));
        foreach (var tidings in Enum.GetValues<Tidings>()) story.Add(new Told(story.Now, 1, tidings, 2));
        foreach (var reason in Enum.GetValues<EndReason>()) story.Add(new Ended(story.Now, null, 1, TicketEnd.Cancelled, reason));

        var (lines, faults) = await Read(Write(story.Lines));

        Assert.Empty(faults);
        Assert.Equal(story.Lines, lines);
        var kinds = typeof(HistoryLine).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(HistoryLine)) && !type.IsAbstract);
        Assert.Equal(kinds.Select(kind => kind.Name).Order(), lines.Select(line => line.GetType().Name).Distinct().Order());
    }

    [Fact]
    public void Lines_are_written_as_the_documentation_says()
    {
        var story = new HandMade();
        story.Sell(17).Pay(17);
        var lines = Encoding.UTF8.GetString(Write(story.Lines)).Split('\n');

        Assert.StartsWith("""{"history":1,"event":"0000000000000000e0000001","chain":""", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("""{"batch":1,"writer":"00000000000000a1","chain":""", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("""{"fact":"opened","at":"2027-01-15T08:00:00.000Z","writer":"00000000000000a1","chain":""", lines[2], StringComparison.Ordinal);
        Assert.Contains("\"holders_must_hear\":false", lines[4], StringComparison.Ordinal);
        Assert.StartsWith("""{"fact":"sold","at":"2027-01-15T08:00:00.000Z","ticket":"000000000000000070000011","operation":""", lines[6], StringComparison.Ordinal);
        Assert.Contains("\"seat\":17,\"price\":45,\"currency\":\"EUR\",\"pay_by\":\"2027-01-15T08:01:00.000Z\",\"chain\":", lines[6], StringComparison.Ordinal);
        Assert.Contains("\"tidings\":\"payment-received\"", lines[9], StringComparison.Ordinal);
        Assert.StartsWith("""{"end":11,"chain":""", lines[11], StringComparison.Ordinal);
        Assert.Equal("", lines[12]);
    }

    [Fact]
    public async Task A_byte_that_was_changed_anywhere_is_found_and_its_line_named()
    {
        var seed = Seed.Of(output);
        var random = new Random(seed);
        var whole = Write(HandMade.Whole().Lines);
        for (var i = 0; i < 500; i++)
        {
            var file = whole.ToArray();
            var place = random.Next(file.Length - 1);
            file[place] ^= (byte)(1 << random.Next(7));
            // A line that ends elsewhere is another matter, and so is a carriage return, which many programs take for one.
            if (file[place] is (byte)'\n' or (byte)'\r' || whole[place] is (byte)'\n') continue;
            var line = whole.AsSpan(0, place).Count((byte)'\n') + 1;
            try
            {
                var (_, faults) = await Read(file);
                Assert.Contains(faults, fault => fault.Contains($"line {line} ", StringComparison.Ordinal));
            }
            catch (InvalidDataException) when (line == 1)
            {
                // What does not begin like a history is none.
            }
        }
    }

    [Fact]
    public async Task A_line_that_is_missing_or_twice_there_and_a_file_that_was_cut_are_found_and_named()
    {
        var lines = Encoding.UTF8.GetString(Write(HandMade.Whole().Lines)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 1; i < lines.Length - 1; i++)
        {
            Assert.Contains($"line {i + 1} was edited, or lines before it are missing", (await Read(Join([.. lines[..i], .. lines[(i + 1)..]]))).Faults);
            Assert.Contains($"line {i + 2} was edited, or lines before it are missing", (await Read(Join([.. lines[..(i + 1)], .. lines[i..]]))).Faults);
            Assert.Contains($"the file ends after line {i} without its last line: it was cut", (await Read(Join(lines[..i]))).Faults);
        }

        Assert.Contains($"line {lines.Length + 1} comes after the last one", (await Read(Join([.. lines, lines[^1]]))).Faults);
        await Assert.ThrowsAsync<InvalidDataException>(() => Read([]));
        await Assert.ThrowsAsync<InvalidDataException>(() => Read("{\"success\":false}"u8.ToArray()));
        await Assert.ThrowsAsync<InvalidDataException>(() => Read(Join(lines[1..])));
    }

    private static byte[] Join(string[] lines) => Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"{line}\n")));

    private static byte[] Write(IEnumerable<HistoryLine> lines)
    {
        using var writer = new HistoryWriter();
        foreach (var line in lines) writer.Write(line);
        writer.End();
        return writer.Take();
    }

    private static async Task<(List<HistoryLine> Lines, string[] Faults)> Read(byte[] file)
    {
        var table = new CheckTable();
        using var stream = new MemoryStream(file);
        var lines = new List<HistoryLine>();
        await foreach (var line in new HistoryReader(table).Read(stream)) lines.Add(line);
        return (lines, [.. table.Checks.Single().First.Select(violation => violation.What)]);
    }
}
