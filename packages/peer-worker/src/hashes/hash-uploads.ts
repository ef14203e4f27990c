// Answers hash requests of peers (BEP 52): so many a second, for each peer and for all. The others wait, a few of each peer.

import { hashesOf } from "@troupe/protocol/merkle";
import {
  encodeHashReject,
  encodeHashes,
  hashesBytes,
  type HashRequest,
} from "@troupe/protocol/peer";

import {
  layerChunksPerTurn,
  maxBytesBeforeHashes,
  maxHashAnswers,
  maxHashAnswersChoked,
  maxHashAnswersOfAll,
  roomLookMs,
} from "../limits.ts";
import type { PeerWorker } from "../peer-worker.ts";
import type { SessionWithContent } from "../session/session.ts";
import type { DiskUploads } from "../upload/disk-uploads.ts";
import type { HashRequests } from "./hash-requests.ts";
import { LeafReads } from "./leaf-reads.ts";
import { planAnswer } from "./planned-answer.ts";
import type { TreeFile } from "./torrent-trees.ts";

/** `later`: the request stays, and the peer is looked at again. */
type Step = "answered" | "later";

/** The hash requests that a worker answers. */
export class HashUploads implements HashRequests<SessionWithContent> {
  readonly #worker: PeerWorker;
  /** Peers with requests that wait; the peer that was answered last is the last. */
  readonly #waiting = new Set<SessionWithContent>();
  readonly #leaves = new Map<DiskUploads<SessionWithContent>, LeafReads>();
  #secondMs = 0;
  #answers = 0;
  #isPumpDue = false;
  #isLookDue = false;

  constructor(worker: PeerWorker) {
    this.#worker = worker;
  }

  requested(session: SessionWithContent, request: HashRequest): void {
    if (session.wire.closeReason !== undefined) return;
    const { hashes } = session.features;
    // A flood costs no search for its file.
    if (!hashes.hasRoom || planAnswer(session, request) === undefined) {
      reject(session, request);
      return session.wire.offences.count("hashes-flood", 1);
    }
    hashes.waiting.push(request);
    this.#waiting.add(session);
    this.#pumpSoon();
  }

  tick(nowMs: number): void {
    this.#secondMs = nowMs;
    this.#answers = 0;
    for (const reads of this.#leaves.values()) reads.beginSecond();
    this.#pump();
  }

  forget(session: SessionWithContent): void {
    this.#waiting.delete(session);
  }

  #pumpSoon(): void {
    if (this.#isPumpDue) return;
    this.#isPumpDue = true;
    this.#worker.context.timers.soon(() => {
      this.#isPumpDue = false;
      this.#pump();
    });
  }

  /** An answer for each peer in turn, until no peer may have another. */
  #pump(): void {
    let isAnyAnswered = true;
    // In a flood of a thousand peers no peer is looked at once the answers of the second are given.
    while (isAnyAnswered && this.#answers < maxHashAnswersOfAll) {
      isAnyAnswered = false;
      for (const session of [...this.#waiting]) {
        const [request] = session.features.hashes.waiting;
        if (request === undefined) this.#waiting.delete(session);
        else if (this.#mayAnswer(session, request) && this.#answer(session, request) === "answered")
          isAnyAnswered = true;
      }
    }
  }

  #mayAnswer(session: SessionWithContent, request: HashRequest): boolean {
    if (session.wire.phase !== "open" || this.#answers >= maxHashAnswersOfAll) return false;
    const { hashes } = session.features;
    hashes.beginSecond(this.#secondMs);
    const most = session.isPeerChoked ? maxHashAnswersChoked : maxHashAnswers;
    if (hashes.answers >= most) return false;
    const { connection } = session.wire;
    const hasRoom =
      connection.queuedBytes <= maxBytesBeforeHashes &&
      (this.#worker.rateLimits?.up.hasRoomForHashes(session, hashesBytes(request)) ?? true);
    if (!hasRoom) this.#lookLater();
    return hasRoom;
  }

  #lookLater(): void {
    if (this.#isLookDue) return;
    this.#isLookDue = true;
    this.#worker.context.timers.after(roomLookMs, () => {
      this.#isLookDue = false;
      this.#pump();
    });
  }

  #answer(session: SessionWithContent, request: HashRequest): Step {
    const planned = planAnswer(session, request);
    if (planned === undefined) return this.#reject(session, request);
    if (planned.from === "memory") return this.#answerFromMemory(session, request, planned.file);
    const { file, needsLayers, piece } = planned;
    if (needsLayers && !this.#prepare(session, file)) return "later";
    const reads = this.#leafReadsOf(session.content.uploadScheduler);
    const isBegun = reads.begin({ session, request, file, piece }, (hashes) => {
      if (session.wire.phase === "open")
        if (hashes === undefined) reject(session, request);
        else send(session, request, hashes);
      this.#pump();
    });
    if (!isBegun) return "later";
    return this.#count(session);
  }

  #answerFromMemory(session: SessionWithContent, request: HashRequest, file: TreeFile): Step {
    if (!this.#prepare(session, file)) return "later";
    const layers = session.content.trees?.layersOf(file);
    if (layers === undefined) return this.#reject(session, request);
    send(
      session,
      request,
      hashesOf(request, (layer, index) => layers.nodeAt(layer, index)),
    );
    return this.#count(session);
  }

  /** @returns Whether the upper layers of the file are computed; if not, they are in a later turn. */
  #prepare({ content }: SessionWithContent, file: TreeFile): boolean {
    const isPrepared = content.trees?.layersOf(file).prepare(layerChunksPerTurn) === true;
    if (!isPrepared) this.#pumpSoon();
    return isPrepared;
  }

  #reject(session: SessionWithContent, request: HashRequest): Step {
    session.features.hashes.waiting.shift();
    reject(session, request);
    return "answered";
  }

  #count(session: SessionWithContent): Step {
    const { hashes } = session.features;
    hashes.waiting.shift();
    hashes.answers++;
    this.#answers++;
    this.#waiting.delete(session);
    if (hashes.waiting.length > 0) this.#waiting.add(session);
    return "answered";
  }

  #leafReadsOf(uploads: DiskUploads<SessionWithContent>): LeafReads {
    const reads = this.#leaves.get(uploads) ?? new LeafReads(this.#worker, uploads);
    this.#leaves.set(uploads, reads);
    return reads;
  }
}

function reject({ wire }: SessionWithContent, request: HashRequest): void {
  wire.control.message(encodeHashReject(request));
}

function send(session: SessionWithContent, request: HashRequest, hashes: Uint8Array): void {
  const message = encodeHashes(request, hashes);
  session.wire.control.message(message);
  const { limitRules, rateLimits } = session.worker;
  rateLimits?.up.sentHashes(session, message.length);
  if (!limitRules.countsProtocol) rateLimits?.up.charge(session, message.length);
}
