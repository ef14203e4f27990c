// The intended actions of an open load, from the seed.

import type { OpenPace } from "../../scenario/scenario.ts";
import type { RateIntents, Share } from "../plan.ts";
import { roundTime, streams } from "./streams.ts";
import { SeededStream } from "./seeded-stream.ts";

/** A group with an open load. */
interface ActingGroup {
  readonly group: number;
  readonly pace: OpenPace;
  /** The first arrival of each member, ascending. */
  readonly arrivals: readonly number[];
}

/** The actions of a share; members act in turns. */
export function drawActions(
  { group, pace, arrivals }: ActingGroup,
  run: { readonly seed: number; readonly durationMs: number },
  share: Share,
): RateIntents {
  const beginMs = pace.fromMs ?? arrivals.at(-1) ?? 0;
  const endMs = Math.min(pace.untilMs, run.durationMs);
  const expected = (Math.max(0, endMs - beginMs) * pace.perSecond) / 1_000 / share.of;
  const capacity = Math.ceil(1.05 * expected) + 64;
  const drawn = new Actions({ group, perSecond: pace.perSecond / share.of }, capacity);
  const stream = new SeededStream(run.seed, [group, streams.actions]);
  const stepMs = 1_000 / pace.perSecond;
  const members = arrivals.length;
  let poissonMs = beginMs;
  for (let index = 0; members > 0; index += 1) {
    if (pace.spacing === "poisson") poissonMs += stream.exponential() * stepMs;
    const atMs = roundTime(pace.spacing === "poisson" ? poissonMs : beginMs + index * stepMs);
    if (atMs >= endMs) break;
    const seed = stream.word();
    const member = index % members;
    if (member % share.of === share.index) drawn.push(atMs, member, seed);
  }
  return drawn.finish();
}

/** Growing arrays. */
class Actions {
  readonly #load: Pick<RateIntents, "group" | "perSecond">;
  #atMs: Float64Array;
  #member: Uint32Array;
  #seed: Uint32Array;
  #count = 0;

  constructor(load: Pick<RateIntents, "group" | "perSecond">, capacity: number) {
    this.#load = load;
    this.#atMs = new Float64Array(capacity);
    this.#member = new Uint32Array(capacity);
    this.#seed = new Uint32Array(capacity);
  }

  push(atMs: number, member: number, seed: number): void {
    if (this.#count === this.#atMs.length) this.#grow();
    this.#atMs[this.#count] = atMs;
    this.#member[this.#count] = member;
    this.#seed[this.#count] = seed;
    this.#count += 1;
  }

  finish(): RateIntents {
    const count = this.#count;
    return {
      ...this.#load,
      count,
      atMs: this.#atMs.slice(0, count),
      member: this.#member.slice(0, count),
      seed: this.#seed.slice(0, count),
    };
  }

  #grow(): void {
    const larger = new Actions(this.#load, 2 * this.#count);
    larger.#atMs.set(this.#atMs);
    larger.#member.set(this.#member);
    larger.#seed.set(this.#seed);
    [this.#atMs, this.#member, this.#seed] = [larger.#atMs, larger.#member, larger.#seed];
  }
}
