// A web seed as a peer: its admission, and its pieces with wrong data.

import type { Admit, EngineProtocol, PeerProtocol } from "@troupe/messages";
import type { MessageOf, ReplyOf } from "@troupe/actor-runtime";
import type { Engine } from "../../engine/base/engine-state.ts";
import type { PeerWorkerHandle } from "../../engine/base/peer-worker-handle.ts";
import { admittedPeer } from "../swarm/admitted-peer.ts";
import type { JobWithContent, TorrentJob } from "../torrent-job.ts";
import { reportOff } from "./web-seed-ends.ts";
import { closeWebSeed } from "./web-seed-schedule.ts";

type Services = Pick<Engine, "context" | "peerWorkers">;

/** Answers the opening of a web seed. It takes no place of a peer. */
export function admitWebSeed(
  { context }: Pick<Engine, "context">,
  job: TorrentJob,
  peerWorker: PeerWorkerHandle,
  admit: Admit,
): ReplyOf<EngineProtocol, "admit"> {
  const seed = job.content?.webSeeds.openAt(peerWorker.index, admit.webSeed ?? 0);
  if (seed === undefined) return { refused: "closed" };
  const nowMs = context.clock.nowMs();
  job.peers.admit(admittedPeer(peerWorker, admit, { subscriber: undefined, nowMs }));
  return { admitted: true };
}

/** Its server answers ranges with the whole file: it gets the pieces of one file after the other. */
export function webSeedWithoutRanges(
  _engine: unknown,
  job: JobWithContent,
  { index }: PeerWorkerHandle,
  { seed: opening }: MessageOf<PeerProtocol, "web-seed-without-ranges">,
): void {
  const seed = job.content.webSeeds.openAt(index, opening);
  if (seed !== undefined) seed.givesWholeFiles = true;
}

/** Counts a piece with wrong data; the second turns the web seed off. @returns Whether the id is that of a web seed. */
export function strikeWebSeed(engine: Services, job: TorrentJob, peerId: string): boolean {
  const seed = job.content?.webSeeds.byPeerId(peerId);
  if (seed === undefined) return false;
  const before = seed.state.activity;
  seed.dispatch({ event: "piece-failed" });
  if (before.state === "off" || seed.state.activity.state !== "off") return true;
  reportOff(job, seed);
  closeWebSeed(engine, job, seed, "bad-piece");
  return true;
}
