import { settlesWithin, type Timer, type Timers } from "@troupe/actor-runtime";
import { abortable } from "@troupe/api-base";
import type { SavedDhtNodes } from "@troupe/messages";
import { mergeSaved, noSavedNodes, readNodeFile, writeNodeFile } from "./node-file.ts";

/** After the start: a crash soon after must not lose the nodes that were found. */
const firstSaveMs = 30_000;
const saveEveryMs = 300_000;
/** Time limit of the last save. A disk that hangs must not delay the end. */
const lastSaveMs = 2_000;

/** The parts of a node that saving needs. */
interface SaverServices {
  export(): Promise<SavedDhtNodes>;
  readonly timers: Pick<Timers, "after">;
  /** The file could not be written; the next save tries again. */
  failed(error: unknown): void;
}

/** Exports the nodes of a standalone node, for its next incarnation and into its file. */
export class NodeSaver {
  readonly #path: string | undefined;
  #last: SavedDhtNodes;
  #services: SaverServices | undefined;
  #next: Timer | undefined;
  /** Writes run in order. */
  #writes: Promise<void> = Promise.resolve();

  private constructor(path: string | undefined, last: SavedDhtNodes) {
    this.#path = path;
    this.#last = last;
  }

  /** @throws rejects with TroupeError `dht-state-unreadable` */
  static async load(path: string | undefined): Promise<NodeSaver> {
    return new NodeSaver(path, path === undefined ? noSavedNodes : await readNodeFile(path));
  }

  /** The last export; before, the nodes of the file. */
  get last(): SavedDhtNodes {
    return this.#last;
  }

  /**
   * Saves at once, which shows that the file can be written.
   *
   * @throws rejects with TroupeError `dht-state-not-saved`, `dht-state-unreadable`
   */
  async begin(services: SaverServices): Promise<void> {
    this.#services = services;
    await this.#save();
    this.#saveLater(firstSaveMs);
  }

  /**
   * Saves a last time.
   *
   * @param hurry Aborted: not.
   * @throws rejects with TroupeError `dht-state-not-saved`, `dht-state-unreadable`
   */
  async end(hurry: AbortSignal | undefined): Promise<void> {
    this.stop();
    const services = this.#services;
    if (services === undefined) return;
    if (isAborted(hurry)) return;
    const saved = this.#save();
    saved.catch(() => undefined);
    const ended = abortable(hurry, () => saved);
    const isSettled = await settlesWithin(services.timers, lastSaveMs, ended);
    if (isSettled && !isAborted(hurry)) await saved;
  }

  /** No save follows. */
  stop(): void {
    this.#next?.cancel();
  }

  #saveLater(delayMs: number): void {
    this.#next = this.#services?.timers.after(delayMs, () => {
      this.#saveLater(saveEveryMs);
      this.#save().catch((error: unknown) => this.#services?.failed(error));
    });
  }

  /** A node that has just started may know no other: the last nodes stay. */
  async #save(): Promise<void> {
    const exported = await this.#services?.export().catch(() => undefined);
    if (exported === undefined) return;
    const nodes = exported.nodes.length > 0 ? exported.nodes : this.#last.nodes;
    this.#last = { ids: exported.ids, nodes };
    const path = this.#path;
    if (path === undefined) return;
    const written = this.#writes.then(() => this.#write(path));
    this.#writes = written.catch(() => undefined);
    await written;
  }

  /** Another process may have saved its nodes in the same file since the last write. */
  async #write(path: string): Promise<void> {
    const others = await readNodeFile(path);
    await writeNodeFile(path, mergeSaved(this.#last, others, Date.now()));
  }
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}
