using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Ticketing.Storage.Moving;

/// <summary>What was found of a table on both sides.</summary>
/// <param name="Table">The table.</param>
/// <param name="Rows">How many rows the source has.</param>
/// <param name="RowsCopied">How many rows the target has.</param>
/// <param name="Checksum">SHA-256 of the source's rows in the order of keys, in hexadecimal.</param>
/// <param name="ChecksumCopied">The same of the target's.</param>
/// <param name="Difference">The first difference, in words; nothing when there is none.</param>
public sealed record Comparison(string Table, long Rows, long RowsCopied, string Checksum, string ChecksumCopied, string? Difference)
{
    /// <summary>Whether both sides have the same rows.</summary>
    public bool IsSame => Difference is null && Rows == RowsCopied && Checksum == ChecksumCopied;

    /// <summary>Reads both sides to their ends.</summary>
    internal static async Task<Comparison> Of(string table, IAsyncEnumerable<Piece> from, IAsyncEnumerable<Piece> to, CancellationToken cancellation)
    {
        await using var source = from.GetAsyncEnumerator(cancellation);
        await using var target = to.GetAsyncEnumerator(cancellation);
        using var hashes = new Pair();
        string? difference = null;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var (isThere, isCopied) = (await source.MoveNextAsync(), await target.MoveNextAsync());
            if (!isThere && !isCopied) break;
            if (isThere) hashes.Source.Add(source.Current);
            if (isCopied) hashes.Target.Add(target.Current);
            difference ??= (isThere, isCopied) switch
            {
                (true, false) => $"{source.Current.Key} is missing in the target",
                (false, true) => $"the target has {target.Current.Key}, which the source has not",
                _ when source.Current.Key != target.Current.Key => $"where the source has {source.Current.Key} the target has {target.Current.Key}",
                _ => source.Current.Bytes.AsSpan().SequenceEqual(target.Current.Bytes) ? null : $"{source.Current.Key} is not the same in the target",
            };
        }

        return new(table, hashes.Source.Rows, hashes.Target.Rows, hashes.Source.Checksum(), hashes.Target.Checksum(), difference);
    }

    private sealed class Pair : IDisposable
    {
        public Digest Source { get; } = new();

        public Digest Target { get; } = new();

        public void Dispose()
        {
            Source.Dispose();
            Target.Dispose();
        }
    }

    private sealed class Digest : IDisposable
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public long Rows { get; private set; }

        public void Add(Piece piece)
        {
            Rows++;
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, piece.Bytes.Length);
            hash.AppendData(length);
            hash.AppendData(piece.Bytes);
        }

        public string Checksum() => Convert.ToHexStringLower(hash.GetHashAndReset());

        public void Dispose() => hash.Dispose();
    }
}
