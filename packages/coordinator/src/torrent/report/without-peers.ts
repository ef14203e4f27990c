// Why a torrent without a connected peer has none.

import type { Why } from "@troupe/messages";
import { beginningMs, counted, why } from "./reason.ts";
import { alsoWebSeeds } from "./why-web-seeds.ts";
import type { SwarmInput } from "./why.ts";

/** From an announce to the DHT to the next, with a margin. */
const usualRoundMs = 960_000;
/** Until the first nodes of the DHT have answered. */
const enteringMs = 30_000;

type DhtInput = NonNullable<SwarmInput["dht"]>;

/** Undefined with a connected peer. */
export function withoutPeers(input: SwarmInput): Why | undefined {
  const { peers, addresses, dht, trackers, webSeeds, runsForMs } = input;
  if (peers.connected > 0) return undefined;
  if (webSeeds.open > 0) return why("starting", "a web seed is being connected to");
  const { total, working, failing } = trackers;
  if (addresses.known > 0) {
    if (runsForMs < beginningMs) return why("starting", "the first peers are being dialled");
    const trying = addresses.dialling > 0 ? `, ${addresses.dialling} being dialled` : "";
    return why(
      "no-peer-answers",
      `none of the ${counted(addresses.known, "known peer")} answers${trying}${alsoWebSeeds(webSeeds)}`,
    );
  }
  if (webSeeds.error !== undefined)
    return why("web-seeds-failing", `no peer is known${alsoWebSeeds(webSeeds)}`);
  if (working > 0)
    return why("no-peers-known", `the tracker knows of no other peer${alsoDht(dht)}`);
  const isEntering = dht?.nodes === 0 && runsForMs < enteringMs;
  if (dht !== undefined && failing === total && (!dht.wasRevoked || isEntering))
    return askingDht(dht);
  if (total === 0) return why("no-peers-known", withoutTracker(dht));
  if (failing < total && runsForMs < beginningMs)
    return why("starting", "the trackers are being asked for peers");
  return withoutAnswer(input);
}

function withoutAnswer({ dht, trackers: { total, refusing, error } }: SwarmInput): Why {
  if (refusing === 0) {
    const sentence =
      error === undefined ? "no tracker answers" : `no tracker gives peers: ${error}`;
    return why("tracker-unreachable", sentence + alsoDht(dht));
  }
  const which =
    total === refusing
      ? ""
      : `${refusing} of ${total} trackers ${refusing === 1 ? "refuses" : "refuse"}, the others fail: `;
  return why("tracker-refuses", `${which}${error ?? "the tracker refuses"}${alsoDht(dht)}`);
}

function askingDht(dht: DhtInput): Why {
  if (dht.nodes === 0) return why("starting", "the first nodes of the DHT are being asked");
  return why("starting", `the DHT is being asked for peers${longRound(dht)}`);
}

function withoutTracker(dht: DhtInput | undefined): string {
  if (dht === undefined)
    return "there is no tracker to ask and no known peer: add a tracker or a peer";
  return `there is no tracker to ask${alsoDht(dht)}: add a tracker or a peer`;
}

/** The result of the DHT next to the result of the trackers. */
function alsoDht(dht: DhtInput | undefined): string {
  if (dht === undefined || !dht.wasRevoked) return "";
  return dht.nodes === 0
    ? ", and no node of the DHT answers"
    : `, and the DHT knows of no peer${longRound(dht)}`;
}

/** Many torrents wait for their turn. */
function longRound({ roundMs }: DhtInput): string {
  if (roundMs <= usualRoundMs) return "";
  return ` (each torrent is looked up every ${Math.round(roundMs / 60_000)} min)`;
}
