// The order of a relay: both peers dial each other at the same time, so that the router of each lets the other in (BEP 55).
// A relay may lie. Its addresses pass the gate of peer exchange, and few dials of a host in vain follow.

import { plainUtp, type AddressSource } from "@troupe/messages";
import { addressKey, classifyAddress, type PeerAddress } from "@troupe/protocol/address";
import { unverifiedHost } from "../addresses/unverified-addresses.ts";
import type { ConnectedPeer } from "../swarm/connected-peers.ts";
import { ownerOfUtp, type DialServices } from "../swarm/dial-schedule.ts";
import type { TorrentJob } from "../torrent-job.ts";
import type { PunchDial } from "./punch-dials.ts";

/** Time for the first answer: the SYN is sent three times in it. */
const dialMs = 7_000;

/** A relay tells us to connect. @returns Whether the dial began. */
export function obeyConnect(
  engine: DialServices,
  job: TorrentJob,
  relay: ConnectedPeer,
  address: PeerAddress,
): boolean {
  const { context, network } = engine;
  const nowMs = context.clock.nowMs();
  const dial = allowedDial(engine, job, relay, address);
  if (dial === undefined) return false;
  const { holepunch } = network;
  const { host, port } = address;
  const request = { torrent: job.id, relay: relay.peerId, host };
  const isRequested = holepunch.requests.take(request, nowMs);
  if (holepunch.dialsInVain.permit(dial.dialKey) !== "now") return false;
  const owner = ownerOfUtp(engine);
  if (owner === undefined || !(isRequested || holepunch.orders.take(nowMs))) return false;
  holepunch.dials.add(dial, nowMs);
  holepunch.dialsInVain.began(dial.dialKey);
  const foundBy = job.directory.foundBy(host, port);
  const order = { torrent: job.id, host, port, kind: plainUtp, timeoutMs: dialMs, foundBy };
  owner.calls.cast("dial", { ...order, isHolepunch: true });
  return true;
}

/** Undefined for an address that this relay may not name, or at which there is nothing to do. */
function allowedDial(
  { context, network }: DialServices,
  job: TorrentJob,
  relay: ConnectedPeer,
  { host, port }: PeerAddress,
): PunchDial | undefined {
  const source = sourceOf(relay);
  const { directory, peers } = job;
  if (!job.isInSwarm || peers.size >= job.limits.peerLimit) return undefined;
  if (!directory.mayBeNamed({ host, port, source })) return undefined;
  if (directory.isBanned(host, port, context.clock.nowMs())) return undefined;
  if (network.holepunch.dials.has(job.id, host, port) || isConnected(job, host, port))
    return undefined;
  const dialKey = unverifiedHost({ host, source }) ?? addressKey(host, port);
  return { torrent: job.id, host, port, source, origin: originOf(relay), dialKey };
}

function sourceOf({ host }: ConnectedPeer): AddressSource {
  return classifyAddress(host) === "local" ? "pex-local" : "pex-internet";
}

/** Connections of one internet line are one teller. */
function originOf({ host, port, subscriber }: ConnectedPeer): string {
  return `pex ${subscriber ?? addressKey(host, port)}`;
}

function isConnected({ peers }: TorrentJob, host: string, port: number): boolean {
  for (const peer of peers.connected()) {
    if (peer.host === host && (peer.port === port || peer.listenPort === port)) return true;
  }
  return false;
}
