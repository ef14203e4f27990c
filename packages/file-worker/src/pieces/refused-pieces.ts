import type { Context } from "@troupe/actor-runtime";
import type { FileProtocol, StorageRefusal, TorrentId } from "@troupe/messages";
import type { PieceIndex } from "@troupe/protocol/units";

/** A piece that is not queued. */
type RefusedPiece = StorageRefusal & {
  readonly torrent: TorrentId;
  readonly piece: PieceIndex;
};

type Notices = Pick<Context<FileProtocol>, "emit" | "noticeCredits" | "whenNoticeRoom">;

/**
 * Tells refused pieces as there is room for notices: a turn can refuse all pieces that are on their way to a file-worker,
 * 8,192, which are more than a link takes.
 */
export class RefusedPieces {
  readonly #context: Notices;
  #waiting: RefusedPiece[] = [];

  constructor(context: Notices) {
    this.#context = context;
  }

  /** Emits `piece-not-written`, now or when there is room. */
  add(refused: RefusedPiece): void {
    this.#waiting.push(refused);
    if (this.#waiting.length === 1) this.#tell();
  }

  #tell(): void {
    let reported = 0;
    for (const refused of this.#waiting) {
      if (this.#context.noticeCredits <= 0) break;
      this.#context.emit("piece-not-written", refused);
      reported += 1;
    }
    this.#waiting = this.#waiting.slice(reported);
    if (this.#waiting.length > 0) this.#context.whenNoticeRoom(() => this.#tell());
  }
}
