import type { Place } from "../router.ts";
import { rowSignal } from "../state/torrents.ts";
import { cleaned } from "../text/shown.ts";
import { texts } from "../text/text.ts";

/** The title of the view: the name of the torrent. */
export function titleOfTorrent({ torrent }: Extract<Place, { readonly view: "torrent" }>): string {
  const row = rowSignal(torrent).value;
  return row === undefined ? texts.details.title : cleaned(row.name);
}
