// Peers that a request names.

import { TroupeError } from "@troupe/control";
import { parseIp } from "@troupe/protocol/address";
import { jsonResponse } from "../routes/route.ts";
import { hasCode, type Answer, type DialectCall } from "./dialect-call.ts";
import { rowsNamed } from "./named-torrents.ts";

/** A peer by its address. */
interface NamedPeer {
  readonly host: string;
  readonly port: number;
}

/** A longer list is refused. */
const mostPeers = 1_000;
/** More peers of all torrents together are refused: each is a call. */
const mostDials = 10_000;
const greatestPort = 65_535;

/** Reads `192.0.2.1:6881|[2001:db8::1]:6881`. Other texts are left out. @throws TroupeError `parameter-wrong` */
export function peersIn(text: string): readonly NamedPeer[] {
  const parts = text.split("|", mostPeers + 1);
  if (parts.length > mostPeers)
    throw new TroupeError(
      "parameter-wrong",
      `more than ${mostPeers} peers are named, which is the most`,
    );
  return parts.flatMap((part) => peerIn(part.trim()) ?? []);
}

/** Answers `torrents/addPeers`: how many peers each torrent has taken. */
export const addPeers: Answer = async ({ calls, fields }) => {
  const [hashes, text] = [fields.required("hashes"), fields.required("peers")];
  const peers = peersIn(text);
  if (peers.length === 0) throw new TroupeError("parameter-wrong", "no valid peer is named");
  const count = text.split("|").length;
  const rows = rowsNamed(await calls.view(), hashes);
  if (rows.length * peers.length > mostDials)
    throw new TroupeError(
      "parameter-wrong",
      `${peers.length} peers of ${rows.length} torrents are named; at most ${mostDials} in all are allowed`,
    );
  const results: [string, object][] = [];
  for (const { torrent } of rows) {
    let added = 0;
    for (const peer of peers) if (await isAdded(calls, torrent, peer)) added++;
    results.push([torrent, { added, failed: count - added }]);
  }
  return jsonResponse(Object.fromEntries(results));
};

/** @returns False for a peer that the caller may not name, and for a torrent that is gone. */
async function isAdded(
  calls: DialectCall["calls"],
  torrent: string,
  peer: NamedPeer,
): Promise<boolean> {
  try {
    await calls.run("add-peer", { torrent, peer });
    return true;
  } catch (error) {
    if (hasCode(error, "no-torrent", "not-permitted", "option-out-of-range")) return false;
    throw error;
  }
}

function peerIn(text: string): NamedPeer | undefined {
  const [, six, four, digits = ""] =
    /^(?:\[([\da-fA-F:.]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? [];
  const [host = "", port] = [six ?? four, Number(digits)];
  const isPeer = parseIp(host) !== undefined && port >= 1 && port <= greatestPort;
  return isPeer ? { host, port } : undefined;
}
