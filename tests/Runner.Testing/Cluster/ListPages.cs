using System.Buffers;
using System.Globalization;
using System.Text;

namespace Runner.Testing.Cluster;

/// <summary>Lists, page by page where a limit is asked for. All pages of a list are of one version, which expires when it has been forgotten.</summary>
internal sealed class ListPages(ObjectStore store)
{
    private const int KeptLists = 8;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, (IReadOnlyList<StoredObject> Objects, long Version)> _lists = [];
    private long _last;

    /// <summary>A page as it is answered.</summary>
    /// <param name="kind">What is listed.</param>
    /// <param name="selector">Which of it.</param>
    /// <param name="limit">Most objects of a page, or <c>null</c>.</param>
    /// <param name="token">Says which page, or <c>null</c>: the first.</param>
    public ReadOnlyMemory<byte> Read(ResourceKind kind, LabelSelector selector, int? limit, string? token)
    {
        var (list, from) = token is null ? (0, 0) : Parse(token);
        (IReadOnlyList<StoredObject> Objects, long Version) all;
        lock (_gate)
        {
            all = list == 0 ? store.List(kind, selector)
                : _lists.TryGetValue(list, out var known) ? known
                : throw new ApiError(410, "Expired", "The provided continue parameter is too old to display a consistent list result.");
            if (list == 0 && limit < all.Objects.Count)
            {
                _lists[list = ++_last] = all;
                _lists.Remove(_last - KeptLists);
            }
        }

        var until = Math.Min(all.Objects.Count, from + (limit ?? all.Objects.Count));
        var next = until < all.Objects.Count ? string.Create(CultureInfo.InvariantCulture, $",\"continue\":\"{list}-{until}\"") : string.Empty;
        var page = new ArrayBufferWriter<byte>();
        page.Write(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"kind\":\"{kind.Kind}List\",\"apiVersion\":\"{kind.ApiVersion}\",\"metadata\":{{\"resourceVersion\":\"{all.Version}\"{next}}},\"items\":[")));
        for (var place = from; place < until; place++)
        {
            page.Write(place > from ? ","u8 : []);
            page.Write(all.Objects[place].InList.Span);
        }

        page.Write("]}"u8);
        return page.WrittenMemory;
    }

    private static (long List, int From) Parse(string token) =>
        token.Split('-') is [var list, var from] && long.TryParse(list, out var known) && int.TryParse(from, out var place)
            ? (known, place)
            : throw ApiError.BadRequest("continue key is not valid");
}
