// Peer exchange (BEP 11): connected peers tell us of others, and we tell them. A private torrent does neither (BEP 27).

import type { MessageOf } from "@troupe/actor-runtime";
import type { PeerProtocol, PeerRowIndex } from "@troupe/messages";
import { addressKey, classifyAddress } from "@troupe/protocol/address";
import { PexFlag, type PexPeer } from "@troupe/protocol/peer";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { dialSoon, type DialServices } from "../swarm/dial-schedule.ts";
import type { ConnectedPeer } from "../swarm/connected-peers.ts";
import type { TorrentJob } from "../torrent-job.ts";
import { noteTeller } from "../holepunch/request-punch.ts";
import { ExchangePartner, type Audience } from "./exchange-partner.ts";
import { exchangesPeers } from "./exchanges-peers.ts";
import { listenPortOf, nameablePeers, type NamingServices } from "./nameable-peers.ts";

/** Messages of a torrent per second; the partners that wait the longest go first. */
const maxMessagesPerSecond = 50;

/** The setting `peerExchange` has changed. */
export function followPeerExchange(
  engine: Pick<Engine, "peerWorkers" | "settings" | "torrents">,
): void {
  for (const job of engine.torrents.values()) {
    if (!job.isInSwarm) continue;
    const message = { torrent: job.id, isOn: exchangesPeers(engine, job) };
    for (const { calls, ref } of engine.peerWorkers)
      if (ref.peer !== undefined) calls.cast("set-peer-exchange", message);
  }
}

/** A peer offers `ut_pex`, or takes its offer back. */
export function peerExchangeOffered(
  { context }: Pick<Engine, "context">,
  job: TorrentJob,
  { index }: PeerWorkerHandle,
  { peer, isOffered }: MessageOf<PeerProtocol, "peer-exchange-offered">,
): void {
  const connected = job.peers.at(index, peer);
  if (connected === undefined) return;
  if (connected.exchange !== undefined) connected.exchange.isOffered = isOffered;
  else if (isOffered)
    connected.exchange = new ExchangePartner(context.clock.nowMs(), context.random.next());
}

/** A peer names peers: unverified addresses of this peer. */
export function peersNamed(
  engine: DialServices,
  job: TorrentJob,
  { index }: PeerWorkerHandle,
  { peer, added }: MessageOf<PeerProtocol, "peers-named">,
): void {
  const teller = job.peers.at(index, peer);
  if (teller === undefined || !exchangesPeers(engine, job)) return;
  const { host, port, subscriber } = teller;
  const source = classifyAddress(host) === "local" ? "pex-local" : "pex-internet";
  // Connections of one internet line are one teller.
  const origin = `pex ${subscriber ?? addressKey(host, port)}`;
  noteTeller(job, teller, added);
  const speakV2 = (peer: PexPeer): boolean => (peer.flags & PexFlag.speaksV2) !== 0;
  job.directory.addAll(added.filter(speakV2), source, origin, "v2");
  job.directory.addAll(
    added.filter((peer) => !speakV2(peer)),
    source,
    origin,
  );
  dialSoon(engine);
}

/** Once a second: tells the partners whose turn it is of the peers that came and went. */
export function tellPartners(
  engine: NamingServices & Pick<Engine, "peerWorkers" | "settings">,
  job: TorrentJob,
): void {
  if (!exchangesPeers(engine, job)) return;
  const { clock, random } = engine.context;
  const nowMs = clock.nowMs();
  const waiting = [...partnersAt(job, nowMs)];
  if (waiting.length === 0) return;
  const list = job.exchangeList;
  if (list.isDue(nowMs)) list.update(nameablePeers(engine, job), nowMs);
  const due = waiting
    .filter(({ partner }) => partner.lacksNews(list))
    .toSorted((one, other) => one.partner.dueAtMs - other.partner.dueAtMs);
  for (const { peer, partner } of due.slice(0, maxMessagesPerSecond)) {
    const { rowIndex, worker } = peer;
    const message = partner.nextMessage(list, audienceOf(peer), { random, nowMs });
    if (message === undefined) continue;
    const exchange = { torrent: job.id, peer: rowIndex, ...message };
    engine.peerWorkers[worker]?.calls.cast("send-peer-exchange", exchange);
  }
}

type OpenPeer = ConnectedPeer & { readonly rowIndex: PeerRowIndex };

function* partnersAt(
  { peers }: TorrentJob,
  nowMs: number,
): Generator<{ readonly peer: OpenPeer; readonly partner: ExchangePartner }> {
  for (const peer of peers.connected()) {
    const partner = peer.exchange;
    if (partner?.isOffered === true && nowMs >= partner.dueAtMs) yield { peer, partner };
  }
}

function audienceOf(peer: ConnectedPeer): Audience {
  const { host } = peer;
  const port = listenPortOf(peer);
  return {
    key: port === undefined ? undefined : addressKey(host, port),
    isLocal: classifyAddress(host) === "local",
  };
}
