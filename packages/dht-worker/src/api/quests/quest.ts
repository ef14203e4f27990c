import type { DhtRound, QuestProgress } from "./quest-progress.ts";
import type { DhtNode } from "../dht-values.ts";

let newQuest: <Found>(progress: QuestProgress<Found>) => DhtQuest<Found>;

/** The public face of a quest. */
export function questOf<Found>(progress: QuestProgress<Found>): DhtQuest<Found> {
  return newQuest(progress);
}

/**
 * A search in the DHT, repeated until it is cancelled. A `for await` loop yields each result once: those found before the
 * loop, then each further one as it arrives. A quest that no code refers to any more, and for which none waits, is cancelled.
 */
export class DhtQuest<Found> implements AsyncIterable<Found>, Disposable {
  readonly #progress: QuestProgress<Found>;

  static {
    newQuest = (progress) => new DhtQuest(progress);
  }

  private constructor(progress: QuestProgress<Found>) {
    this.#progress = progress;
  }

  /** The info-hash, id or target of an item: 40 hexadecimal digits. */
  get target(): string {
    return this.#progress.target;
  }

  /** Nodes that have answered: the last 1,000. */
  get nodes(): readonly DhtNode[] {
    return this.#progress.nodes;
  }

  /** Results so far: the last 10,000. */
  get found(): readonly Found[] {
    return this.#progress.found;
  }

  /** Cancelled, or its last round has ended. */
  get isEnded(): boolean {
    return this.#progress.isEnded;
  }

  /**
   * The end of the round that is under way, or that begins next; after the end of the quest its last round.
   *
   * @throws rejects with TroupeError `quest-cancelled`, `dht-lost`, `too-many-quests`.
   */
  round(): Promise<DhtRound> {
    return this.#progress.round();
  }

  /** No query and no result follows, and loops end. Idempotent. */
  cancel(): void {
    this.#progress.cancel();
  }

  /** @throws `next` rejects with TroupeError `dht-lost`, `too-many-quests`. */
  [Symbol.asyncIterator](): AsyncIterableIterator<Found> {
    return this.#progress.loop();
  }

  [Symbol.dispose](): void {
    this.cancel();
  }
}
