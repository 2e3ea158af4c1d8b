using System.Globalization;
using System.Text;

namespace Ticketing.OnSale.Load;

/// <summary>Somebody who buys.</summary>
/// <param name="User">The user's id.</param>
/// <param name="Token">The user's token.</param>
internal sealed record Buyer(string User, string Token);

/// <summary>The requests that are measured, as bytes.</summary>
internal static class Asked
{
    private const int SeatDigits = 6;

    /// <summary>Purchases: request <c>n</c> wants a seat that no other request wants, in no order that would please anybody.</summary>
    /// <param name="path">Where purchases are asked for.</param>
    /// <param name="buyers">Who buys, in turn.</param>
    /// <param name="events">The events, sold out one after the other, or all at once.</param>
    /// <param name="seats">How many seats each has.</param>
    /// <param name="atOnce">Whether all events are on sale at once.</param>
    /// <param name="run">Distinguishes the idempotency keys of this run from those of others.</param>
    public static Requests Purchases(string path, Buyer[] buyers, string[] events, int seats, bool atOnce, int run)
    {
        var pieces = new Pieces(path, buyers, events);
        var step = Step(seats);
        return (number, buffer) =>
        {
            var (index, place) = atOnce ? (number % events.Length, number / events.Length) : (number / seats, number % seats);
            var seat = (int)((place * step % seats) + 1);
            return pieces.Write(buffer, (int)(number % buyers.Length), (int)index, seat, run, number);
        };
    }

    /// <summary>One request again and again, or a few in turn: what differs is the number of the key, below <paramref name="keys"/>.</summary>
    public static Requests Repeats(string path, Buyer[] buyers, string[] events, int seats, int run, int keys)
    {
        var fresh = Purchases(path, buyers, events, seats, atOnce: false, run);
        return (number, buffer) => fresh(number % keys, buffer);
    }

    /// <summary>Purchases that come too late, each under a key of its own.</summary>
    public static Requests Late(string path, Buyer[] buyers, string soldOut, int seats, int run)
    {
        var pieces = new Pieces(path, buyers, [soldOut]);
        return (number, buffer) => pieces.Write(buffer, (int)(number % buyers.Length), 0, (int)((number % seats) + 1), run, number);
    }

    /// <summary>One read, again and again.</summary>
    public static Requests Read(string path)
    {
        var request = Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return (_, buffer) =>
        {
            request.CopyTo(buffer, 0);
            return request.Length;
        };
    }

    // A step that has no divisor in common with the number of seats visits each of them once.
    private static long Step(int seats)
    {
        var step = (long)(seats * 0.618) | 1;
        while (Divisor(step, seats) != 1) step += 2;
        return step;

        static long Divisor(long a, long b) => b == 0 ? a : Divisor(b, a % b);
    }

    private sealed class Pieces
    {
        private readonly byte[] begin;
        private readonly byte[][] heads;
        private readonly byte[][] users;
        private readonly byte[][] events;

        public Pieces(string path, Buyer[] buyers, string[] events)
        {
            begin = Bytes($"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ");
            users = [.. buyers.Select(buyer => Bytes($"\",\"user_id\":\"{buyer.User}\"}}"))];
            this.events = [.. events.Select(one => Bytes(",\"event_id\":\"" + one))];
            heads = [.. buyers.Select(buyer => Bytes($"{BodyLength.ToString(CultureInfo.InvariantCulture)}\r\nAuthorization: Bearer {buyer.Token}\r\nIdempotency-Key: "))];
        }

        private static ReadOnlySpan<byte> Card => "{\"card_number\":\"4242424242424242\",\"expiration_date\":\"2099-12-31T23:59:59Z\",\"cvv\":\"123\",\"card_holder\":\"Ada Lovelace\",\"currency\":\"Eur\",\"seat_number\":"u8;

        private int BodyLength => Card.Length + SeatDigits + events[0].Length + users[0].Length;

        public int Write(byte[] buffer, int buyer, int index, int seat, int run, long number)
        {
            var length = 0;
            Add(begin);
            Add(heads[buyer]);
            run.TryFormat(buffer.AsSpan(length), out var written, "x8", CultureInfo.InvariantCulture);
            length += written;
            number.TryFormat(buffer.AsSpan(length), out written, "x16", CultureInfo.InvariantCulture);
            length += written;
            Add("\r\n\r\n"u8);
            Add(Card);
            buffer.AsSpan(length, SeatDigits).Fill((byte)' ');
            seat.TryFormat(buffer.AsSpan(length), out _, default, CultureInfo.InvariantCulture);
            length += SeatDigits;
            Add(events[index]);
            Add(users[buyer]);
            return length;

            void Add(ReadOnlySpan<byte> piece)
            {
                piece.CopyTo(buffer.AsSpan(length));
                length += piece.Length;
            }
        }

        private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);
    }
}
