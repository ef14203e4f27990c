// One torrent of a scene, and short ways to say what workers say of its peers.

import { plainTcp, type Admit, type PeerClosed } from "@troupe/messages";
import type { JobWithContent, TorrentJob } from "../../src/torrent/torrent-job.ts";
import { admitPeer, peerClosed, peerOpened } from "../../src/torrent/swarm/peers.ts";
import {
  idBytes,
  makeScene,
  rowIndex,
  type JobOptions,
  type SceneOptions,
} from "./engine-scene.ts";

/** The address of every peer, where nothing else is said. */
export const host = "8.0.0.1";
export const port = 6881;

/** A scene with one torrent. */
export function peerScene(sceneOptions: SceneOptions = {}, jobOptions: JobOptions = {}) {
  const made = makeScene(sceneOptions);
  const { engine } = made;
  const job = made.addJob(jobOptions);
  const admit = (peerId: string, over: Partial<Admit> = {}, worker = 0): string => {
    const answer = admitPeer(engine, job, made.peerWorker(worker), {
      torrent: job.id,
      peerId: idBytes(peerId),
      host,
      port,
      isIncoming: false,
      ...over,
    });
    return "refused" in answer ? answer.refused : "admitted";
  };
  return {
    ...made,
    job,
    admit,
    open(peerId: string, place: number, over: Partial<Admit> = {}, worker = 0) {
      peerOpened(engine, job, made.peerWorker(worker), {
        torrent: job.id,
        peer: rowIndex(place),
        host,
        port,
        peerId: idBytes(peerId),
        isIncoming: false,
        kind: plainTcp,
        ...over,
      });
    },
    close(place: number, over: Partial<PeerClosed> = {}, worker = 0) {
      peerClosed(engine, job, made.peerWorker(worker), {
        torrent: job.id,
        peer: rowIndex(place),
        host,
        port,
        isIncoming: false,
        reason: "closed-by-peer",
        isFault: false,
        downloadedBytes: 0,
        uploadedBytes: 0,
        ...over,
      });
    },
    dials: () => made.refs.flatMap((ref) => ref.casts("dial")),
    closed: () => made.refs.flatMap((ref) => ref.casts("close-peer")),
  };
}

/** Makes the torrent private, and the metadata of a magnet is found to be that of the torrent. */
export function makePrivate({ content: { metainfo } }: JobWithContent, magnet?: TorrentJob): void {
  Object.assign(metainfo, { isPrivate: true });
  if (magnet !== undefined) Object.assign(magnet.magnet ?? {}, { found: { metainfo } });
}
