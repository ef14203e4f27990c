// The addresses within the page: all that follows `#`.

/** A place within the page. */
export type Place =
  | { readonly view: "list" }
  | { readonly view: "torrent"; readonly torrent: string; readonly tab: string }
  | { readonly view: "rates" }
  | { readonly view: "settings" }
  | { readonly view: "supervision" }
  /** The list with the add dialogue over it. `magnets`: its first text, from a link elsewhere. */
  | { readonly view: "add"; readonly magnets: readonly string[] };

/** The name of a view. */
export type ViewName = Place["view"];

/** Magnets of one address; further ones are left out. */
const mostMagnets = 20;
/** The part of a torrent that an address without one leads to. */
export const firstTab = "overview";

/** The place of an address. An address that leads nowhere leads to the list. @param hash Begins with `#`, or is empty. */
export function parsePlace(hash: string): Place {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split(/\?(.*)/s);
  const [name = "", torrent = "", tab = firstTab] = path.split("/");
  switch (name) {
    case "torrents":
      if (!/^[0-9a-f]{40}$/.test(torrent)) return { view: "list" };
      return { view: "torrent", torrent, tab: /^[a-z-]{1,20}$/.test(tab) ? tab : firstTab };
    case "rates":
      return { view: "rates" };
    case "settings":
      return { view: "settings" };
    case "supervision":
      return { view: "supervision" };
    case "add":
      return { view: "add", magnets: magnetsIn(query) };
    default:
      return { view: "list" };
  }
}

/** The address of a place, with `#`. */
export function addressOf(place: Place): string {
  switch (place.view) {
    case "list":
      return "#/";
    case "torrent":
      return `#/torrents/${place.torrent}/${place.tab}`;
    case "rates":
    case "settings":
    case "supervision":
      return `#/${place.view}`;
    case "add": {
      const query = place.magnets.map((magnet) => `magnet=${encodeURIComponent(magnet)}`);
      return query.length === 0 ? "#/add" : `#/add?${query.join("&")}`;
    }
  }
}

function magnetsIn(query: string): string[] {
  return new URLSearchParams(query)
    .getAll("magnet")
    .filter((magnet) => /^magnet:/i.test(magnet))
    .slice(0, mostMagnets);
}
