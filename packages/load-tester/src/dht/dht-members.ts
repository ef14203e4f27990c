import type { GaugeName, Recorder } from "../measures/measures.ts";

/** States of a member, as numbers of a column. */
const Life = { absent: 0, waiting: 1, open: 2, gone: 3 } as const;
type Life = (typeof Life)[keyof typeof Life];

const gauges: readonly (GaugeName | undefined)[] = [undefined, "waiting", "open", "gone"];

/** Life and visit of each member of a group that asks a DHT node. */
export class DhtMembers {
  readonly #recorder: Recorder;
  readonly #lives: Uint8Array;
  readonly #visits: Uint32Array;

  constructor(count: number, recorder: Recorder) {
    this.#recorder = recorder;
    this.#lives = new Uint8Array(count);
    this.#visits = new Uint32Array(count);
  }

  /** The member has arrived and not left. */
  isHere(member: number): boolean {
    const life = this.#lives[member];
    return life === Life.waiting || life === Life.open;
  }

  arrive(member: number, visit: number): void {
    this.#visits[member] = visit;
    this.#recorder.count("arrived");
    this.#become(member, Life.waiting);
  }

  /** A query of the member was answered. */
  answered(member: number): void {
    if (this.#lives[member] !== Life.waiting) return;
    this.#recorder.count("opened");
    this.#become(member, Life.open);
  }

  /** A visit ends. @returns False when the member has come again meanwhile. */
  leave(member: number, visit: number): boolean {
    if (this.#visits[member] !== visit || !this.isHere(member)) return false;
    this.#become(member, Life.gone);
    return true;
  }

  #become(member: number, life: Life): void {
    const before = gauges[this.#lives[member] ?? 0];
    const after = gauges[life];
    this.#lives[member] = life;
    if (after !== undefined && before !== after) this.#recorder.moved(before, after);
  }
}
