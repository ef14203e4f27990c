// The first of two peers that routers hide from each other: a dial in vain, and a peer that has named the address is asked to
// relay (BEP 55).

import type { PexPeer } from "@troupe/protocol/peer";
import { addressKey } from "@troupe/protocol/address";
import type { Engine } from "../../engine/base/engine-state.ts";
import { transportOf } from "../swarm/transport.ts";
import { exchangesPeers } from "../peer-exchange/exchanges-peers.ts";
import type { ConnectedPeer } from "../swarm/connected-peers.ts";
import type { TorrentJob } from "../torrent-job.ts";
import { sendHolepunch } from "./send-holepunch.ts";

/** The parts of the engine that holepunching uses. */
export type HolepunchServices = Pick<
  Engine,
  "context" | "metrics" | "network" | "peerWorkers" | "settings"
>;

/** Whether uTP dials and relays are possible for the torrent. */
export function punchesHoles(
  engine: Pick<Engine, "network" | "settings">,
  job: TorrentJob,
): boolean {
  if (transportOf(engine.settings.values) === "tcp") return false;
  return engine.network.udpSockets.length > 0 && exchangesPeers(engine, job);
}

/** A peer names peers: it may relay to each. */
export function noteTeller(
  job: TorrentJob,
  teller: ConnectedPeer,
  named: readonly PexPeer[],
): void {
  if (teller.punchesHoles !== true) return;
  for (const { host, port } of named) job.tellers.note(addressKey(host, port), teller.peerId);
}

/** No program has answered a dial: asks a peer that named the address, once a minute for an address. */
export function requestPunch(
  engine: HolepunchServices,
  job: TorrentJob,
  host: string,
  port: number,
): void {
  if (!punchesHoles(engine, job)) return;
  const nowMs = engine.context.clock.nowMs();
  const relay = job.tellers.ask(addressKey(host, port), nowMs, (peerId) => {
    const peer = job.peers.byPeerId(peerId);
    return peer?.rowIndex !== undefined && peer.punchesHoles === true ? peer : undefined;
  });
  if (relay === undefined) return;
  engine.network.holepunch.requests.add({ torrent: job.id, relay: relay.peerId, host }, nowMs);
  engine.metrics.holepunches.count("requested");
  sendHolepunch(engine, job, relay, { kind: "rendezvous", host, port });
}
