// Misbehaving peers.

import { messageOf } from "@troupe/actor-runtime";
import { TroupeError } from "@troupe/control";
import { openHostilePeers, type PeerGroup } from "@troupe/load-peers";
import { allowedAddress } from "../../rules/allowed-address.ts";
import type { HostileLoadSpec } from "../../scenario/scenario.ts";
import type { LoadParts, StartLoad } from "../load.ts";
import { openTorrent } from "./open-torrent.ts";
import { PeerLoad } from "./peer-load.ts";

/** Peers that come back at once by nature: twenty connections a second each. */
const stormAfterMs = 50;

/** Makes misbehaving peers. Opens content; connects nothing. */
export const startHostileLoad: StartLoad = (parts) => {
  const { load } = parts.group;
  if (load.kind !== "hostile") throw new TypeError("bug: the group has no misbehaving peers");
  const torrent = openTorrent(parts.ports, parts.torrent);
  return Promise.resolve(new PeerLoad(parts, openGroup(parts, load, torrent), torrent));
};

function openGroup(
  { group, ports, recorder, rule, target }: LoadParts,
  { behaviours, bytesPerSecond }: HostileLoadSpec,
  torrent: ReturnType<typeof openTorrent>,
): PeerGroup {
  try {
    return openHostilePeers({
      ...{ ports, torrent, behaviours, bytesPerSecond, stormAfterMs, recorder },
      target: { host: target.host, port: target.port },
      retryAfterMs: group.retryAfterMs,
      mayDial: ({ host }) => allowedAddress(rule, host, "hostile") === undefined,
    });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const message = `cannot run the group ${group.name}: ${messageOf(cause)}`;
    throw new TroupeError("behaviour-unknown", message, { cause });
  }
}
