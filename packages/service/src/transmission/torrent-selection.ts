import { outOfRange, spelled } from "@troupe/control";
import type { RecentRows, TorrentView } from "../view/torrent-view.ts";
import type { TorrentRow } from "../view/torrent-row.ts";
import type { RpcCall } from "./call.ts";

/** A torrent that changed within this time is recently active. */
const recentSeconds = 60;
const recentWords: readonly unknown[] = ["recently_active", "recently-active"];
const allowed = "a number, an info-hash, a list of both, or recently_active";

/** The torrents that a call is about. */
export interface Selection {
  readonly rows: readonly TorrentRow[];
  /** Numbers of removed torrents, if the call asks for the recently active. */
  readonly removed?: readonly number[];
  /** The call names the torrents one by one. */
  readonly isNamed: boolean;
}

/**
 * The torrents of the parameter `ids`; absent: all. Torrents that are not there are left out.
 *
 * @throws TroupeError `option-out-of-range`
 */
export async function selectTorrents({ parameters, calls, ports }: RpcCall): Promise<Selection> {
  const ids = parameters.value("ids");
  const view = await calls.view();
  if (ids === undefined) return { rows: view.rows, isNamed: false };
  if (recentWords.includes(ids)) {
    const recent = recentIn(view, ports);
    return { rows: recent.rows, removed: recent.removedNumbers, isNamed: false };
  }
  const list: readonly unknown[] = Array.isArray(ids) ? ids : [ids];
  const find = finderIn(view);
  const found = list.flatMap((id) =>
    recentWords.includes(id) ? recentIn(view, ports).rows : (find(id) ?? []),
  );
  return { rows: [...new Set(found)], isNamed: true };
}

function recentIn(view: TorrentView, { clock }: RpcCall["ports"]): RecentRows {
  return view.recent(recentSeconds, clock.nowMs());
}

/** Finds torrents by numbers and info-hashes. */
function finderIn(view: TorrentView): (id: unknown) => TorrentRow | undefined {
  let byNumber: ReadonlyMap<number, TorrentRow> | undefined;
  return (id) => {
    if (typeof id === "string") return view.row(id.toLowerCase());
    if (typeof id !== "number") throw outOfRange("ids", spelled(id), allowed);
    byNumber ??= new Map(view.rows.map((row) => [row.number, row]));
    return byNumber.get(id);
  };
}
