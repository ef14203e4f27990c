// Hashes that the engine asks of peers. An answer is proven here: the engine gets right hashes alone.

import type { MessageOf } from "@troupe/actor-runtime";
import type { PeerProtocol } from "@troupe/messages";
import { hashCount, nodeBytes, provenNode, type HashRange } from "@troupe/protocol/merkle";
import { encodeHashRequest, type HashRequest } from "@troupe/protocol/peer";

import { closeIfBothSeeds } from "../choke/interest.ts";
import type { SessionWithContent } from "../session/session.ts";
import type { TorrentContent } from "../torrent.ts";
import { PeerFault } from "../wire/faults.ts";
import type { HashAsk } from "./peer-hashes.ts";
import type { TorrentTrees } from "./torrent-trees.ts";

/** Requests hashes of an admitted peer, unless it owes as many answers as it may. */
export function askHashes(
  content: TorrentContent,
  asked: MessageOf<PeerProtocol, "ask-hashes">,
): void {
  const { torrent, trees, worker } = content;
  const { peer, file, range } = asked;
  const session = torrent.sessionAt(peer);
  const root = trees?.file(file)?.root;
  if (session?.wire.phase !== "open") return;
  const request = root && { root: root.slice(), ...range };
  const isAsked =
    request !== undefined &&
    session.features.speaksV2 &&
    session.features.hashes.ask({ request, file });
  if (!isAsked) return worker.notices.emit("hashes-rejected", asked);
  session.wire.control.message(encodeHashRequest(request));
}

/** Hashes of pieces are known: peers that found nothing to request look again. */
export function hashesKnown({ demand, sessions, worker }: TorrentContent): void {
  for (const session of sessions) session.downloadIfAny?.mayAskAgain();
  demand.pieceMissingAgain(worker.nowMs());
  for (const session of sessions) closeIfBothSeeds(session);
  worker.turnEnd.wakeLater();
}

/**
 * The peer sends hashes.
 *
 * @throws {PeerFault} For hashes that were not asked, of a wrong length, or that do not prove what is known.
 */
export function hashesFromPeer(
  session: SessionWithContent,
  answer: HashRequest,
  hashes: Uint8Array,
): void {
  const ask = session.features.hashesIfAny?.answered(answer);
  if (ask === undefined)
    throw new PeerFault("hashes-not-requested", "cannot take hashes: these are not requested");
  const { file, request } = ask;
  const expectedBytes = hashCount(request) * nodeBytes;
  if (hashes.length !== expectedBytes || !isProven(session.content.trees, ask, hashes))
    throw new PeerFault(
      "hashes-wrong",
      `cannot take ${hashes.length} bytes of hashes: ${expectedBytes} that lead to the known node are needed`,
    );
  report(session, "hashes-came", {
    file,
    range: rangeOf(request),
    hashes: hashes.slice(0, request.length * nodeBytes),
  });
}

/** The peer does not send hashes. A reject of hashes that were not requested counts towards a flood of messages. */
export function hashRejectFromPeer(session: SessionWithContent, rejected: HashRequest): void {
  const ask = session.features.hashesIfAny?.answered(rejected);
  if (ask === undefined) return session.wire.offences.count("message-flood", 1);
  report(session, "hashes-rejected", { file: ask.file, range: rangeOf(ask.request) });
}

type Report<Name extends "hashes-came" | "hashes-rejected"> = Omit<
  MessageOf<PeerProtocol, Name>,
  "peer" | "torrent"
>;

function report(
  session: SessionWithContent,
  ...[name, message]:
    | ["hashes-came", Report<"hashes-came">]
    | ["hashes-rejected", Report<"hashes-rejected">]
): void {
  const { rowIndex, torrent, wire, worker } = session;
  if (wire.phase !== "open") return;
  const from = { torrent: torrent.id, peer: rowIndex };
  if (name === "hashes-came") worker.notices.emit(name, { ...from, ...message });
  else worker.notices.emit(name, { ...from, ...message });
}

function rangeOf({ baseLayer, index, length, proofLayers }: HashRequest): HashRange {
  return { baseLayer, index, length, proofLayers };
}

/** The hashes lead to the root of the file, or to the node of a piece that is known. */
function isProven(
  trees: TorrentTrees | undefined,
  { file: index, request }: HashAsk,
  hashes: Uint8Array,
): boolean {
  const file = trees?.file(index);
  if (trees === undefined || file === undefined) return false;
  const proven = provenNode(request, hashes);
  if (proven.layer === file.height) return isAlike(proven.node, file.root);
  if (proven.layer !== trees.pieceLayer || proven.index >= file.pieces) return false;
  return isAlike(proven.node, trees.nodeOf(file.firstPiece + proven.index));
}

/** @returns Whether two nodes are the same. */
export function isAlike(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}
