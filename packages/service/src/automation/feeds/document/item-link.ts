/** A link of an item, as its feed names it. */
export interface NamedLink {
  readonly kind: "enclosure" | "magnet" | "page";
  readonly url: unknown;
  readonly type?: unknown;
}

/** Characters of a link; a longer one is left out. */
const longestLink = 16_384;
const torrentType = /^application\/x-bittorrent\b/i;
/** Enclosures of podcasts and pictures are no torrents. */
const otherType = /^(?:audio|image|text|video)\//i;

/**
 * The link that leads to the torrent of an item: http, https or magnet, never another scheme.
 *
 * @param base Relative links begin here.
 * @returns Undefined where there is none.
 */
export function linkOf(links: readonly NamedLink[], base: string): string | undefined {
  const found = links.flatMap((link) => {
    const url = urlOf(link.url, base);
    const rank = rankOf(link, url);
    return url === undefined || rank === undefined ? [] : [{ rank, url }];
  });
  return found.toSorted((one, other) => one.rank - other.rank)[0]?.url.href;
}

function urlOf(text: unknown, base: string): URL | undefined {
  if (typeof text !== "string" || text.trim() === "" || text.length > longestLink) return undefined;
  const url = URL.parse(text.trim(), base);
  return url !== null && /^(?:https?|magnet):$/.test(url.protocol) ? url : undefined;
}

/** A .torrent comes before a magnet link, whose metadata peers must have. */
function rankOf({ kind, type }: NamedLink, url: URL | undefined): number | undefined {
  const isMagnet = url?.protocol === "magnet:";
  if (kind === "magnet") return isMagnet ? 3 : undefined;
  if (typeof type === "string" && torrentType.test(type)) return 0;
  if (kind === "enclosure" && typeof type === "string" && otherType.test(type)) return undefined;
  if (!isMagnet && /\.torrent$/i.test(url?.pathname ?? "")) return 1;
  if (kind === "enclosure") return 2;
  return isMagnet ? 4 : 5;
}
