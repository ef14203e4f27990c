// Notices to the engine, in order, within the link's credits: without credits the worker takes no input.

import type { Context, MessageOf, NoticeName } from "@troupe/actor-runtime";
import type { PeerProtocol, PiecesSealed, TorrentId } from "@troupe/messages";
import type { PieceInProgress } from "../download/piece-in-progress.ts";

type NoticeContext = Pick<
  Context<PeerProtocol>,
  "clock" | "emit" | "noticeCredits" | "timers" | "whenNoticeRoom"
>;

/** The parts of a sealed piece that the engine hears of. */
type SealedPiece = Pick<
  PieceInProgress,
  "blockContributors" | "contributors" | "lease" | "lengthBytes" | "piece" | "place"
>;

/** Grows until it is sent. */
interface SealedGroup extends PiecesSealed {
  readonly places: number[];
  readonly origins: PiecesSealed["origins"][number][];
}

/**
 * Sealed pieces go to the engine together, or after a millisecond: from there on each group is one message and one task,
 * where each wakes a thread.
 */
const sealedGroupBytes = 1_024 * 1_024;
/** The shortest pause between two groups; the timer fires 1 ms later. */
const sealedPauseMs = 1;

/**
 * Sends notices, or queues them for room. The queue is bounded by notices possible without input: for each
 * connection, lease and dial.
 */
export class EngineNotices {
  readonly #context: NoticeContext;
  readonly #onBlocked: () => void;
  readonly #onRoom: () => void;
  #waiting: (() => void)[] = [];
  #isBlocked = false;
  /** One a torrent and slab in a row. */
  #sealed: SealedGroup[] = [];
  #sealedBytes = 0;
  #sealedSentAtMs = -Infinity;
  #isSealedTimed = false;

  /** @param onBlocked Stop taking input. @param onRoom Resume. */
  constructor(context: NoticeContext, onBlocked: () => void, onRoom: () => void) {
    this.#context = context;
    this.#onBlocked = onBlocked;
    this.#onRoom = onRoom;
  }

  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  emit<Name extends NoticeName<PeerProtocol>>(
    name: Name,
    message: MessageOf<PeerProtocol, Name>,
  ): void {
    if (this.#sealed.length > 0) this.#sendSealed();
    this.#send(name, message);
  }

  /** Sent with other sealed pieces, within about a millisecond, and before any other notice. */
  emitSealed(torrent: TorrentId, sealed: SealedPiece, nowMs: number): void {
    const { piece, lease, lengthBytes, place } = sealed;
    const { places, origins } = this.#groupOf(torrent, sealed);
    places.push(piece, lease, place.offset, lengthBytes, placeOfOrigin(origins, sealed));
    this.#sealedBytes += lengthBytes;
    if (this.#sealedBytes >= sealedGroupBytes) return this.#sendSealed();
    if (this.#isSealedTimed) return;
    if (nowMs - this.#sealedSentAtMs >= sealedPauseMs) return this.#sendSealed();
    this.#isSealedTimed = true;
    this.#context.timers.after(sealedPauseMs - 1, () => {
      this.#isSealedTimed = false;
      this.#sendSealed();
    });
  }

  #sendSealed(): void {
    const sealed = this.#sealed;
    if (sealed.length === 0) return;
    this.#sealed = [];
    this.#sealedBytes = 0;
    this.#sealedSentAtMs = this.#context.clock.nowMs();
    for (const group of sealed) this.#send("pieces-sealed", group);
  }

  #groupOf(torrent: TorrentId, { place: { slab } }: SealedPiece): SealedGroup {
    const last = this.#sealed.at(-1);
    if (last?.torrent === torrent && last.slab === slab) return last;
    const group: SealedGroup = { torrent, slab, places: [], origins: [] };
    this.#sealed.push(group);
    return group;
  }

  #send<Name extends NoticeName<PeerProtocol>>(
    name: Name,
    message: MessageOf<PeerProtocol, Name>,
  ): void {
    if (this.#isBlocked) {
      this.#waiting.push(() => this.#context.emit(name, message));
      return;
    }
    this.#context.emit(name, message);
    if (this.#context.noticeCredits === 0) this.#block();
  }

  #block(): void {
    this.#isBlocked = true;
    this.#onBlocked();
    this.#context.whenNoticeRoom(() => this.#drain());
  }

  #drain(): void {
    const waiting = this.#waiting;
    let sent = 0;
    while (sent < waiting.length && this.#context.noticeCredits > 0) waiting[sent++]?.();
    this.#waiting = waiting.slice(sent);
    if (this.#context.noticeCredits === 0) {
      this.#context.whenNoticeRoom(() => this.#drain());
      return;
    }
    this.#isBlocked = false;
    this.#onRoom();
  }
}

/** Most pieces come from a single peer: the pieces of one peer share an origin. */
function placeOfOrigin(
  origins: SealedGroup["origins"],
  { blockContributors, contributors }: SealedPiece,
): number {
  if (blockContributors !== undefined) return origins.push({ contributors, blockContributors }) - 1;
  for (let place = 0; place < origins.length; place++) {
    const origin = origins[place];
    const isAlone = origin?.blockContributors === undefined;
    if (isAlone && origin?.contributors[0] === contributors[0]) return place;
  }
  return origins.push({ contributors }) - 1;
}
