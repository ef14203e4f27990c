import { ActorError } from "../failure.ts";

/** Ends a thread, or puts it into an endless loop. */
type ChaosAction = "kill" | "hang";

/** A kind of deliberate trouble. */
export interface ChaosItem {
  readonly action: ChaosAction;
  readonly kind: string;
  /** Average rate. */
  readonly perSecond: number;
}

/** Trouble and its seed, as text `kill:peer-worker:1/s,hang:hash:0.1/s,seed:7`. */
export interface ChaosPlan {
  readonly seed: number;
  readonly items: readonly ChaosItem[];
}

/** The allowed actions for each kind of thread. */
export type ChaosKinds = Readonly<Record<string, readonly ChaosAction[]>>;

/** Items of a plan; a longer plan is refused. */
const mostItems = 16;
/** Actions of an item in a second; a higher rate is refused. */
const mostPerSecond = 100;
const mostSeed = 2 ** 32 - 1;

/**
 * Reads a plan.
 * @param text At most 16 items with commas between: `ACTION:KIND:RATE/s` with a rate over 0 and up to 100, and
 *   `seed:N`, default 1.
 * @throws {ActorError} `bad-chaos`, naming the item, its error and the allowed values.
 */
export function parseChaos(text: string, kinds: ChaosKinds): ChaosPlan {
  const parts = text.split(",", mostItems + 1).map((part) => part.trim());
  if (parts.length > mostItems) throw bad(text.slice(0, 100), `${mostItems} items at most`);
  let seed = 1;
  const items: ChaosItem[] = [];
  for (const part of parts) {
    if (part.startsWith("seed:")) seed = readSeed(part);
    else items.push(readItem(part, kinds));
  }
  return { seed, items };
}

function readSeed(part: string): number {
  const digits = part.slice("seed:".length);
  const seed = /^\d{1,10}$/.test(digits) ? Number(digits) : Number.NaN;
  if (seed <= mostSeed) return seed;
  throw bad(part, `seed:N with a whole number from 0 to ${mostSeed}`);
}

function readItem(part: string, kinds: ChaosKinds): ChaosItem {
  const [action = "", kind = "", rate = "", ...rest] = part.split(":", 4);
  if (rest.length > 0 || rate === "") throw bad(part, "ACTION:KIND:RATE/s, like kill:file:0.5/s");
  if (action !== "kill" && action !== "hang") throw bad(part, "kill or hang as the action");
  const allowed = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  if (allowed === undefined)
    throw bad(part, `one of these kinds: ${Object.keys(kinds).join(", ")}`);
  if (!allowed.includes(action)) throw bad(part, `${allowed.join(" or ")} for ${kind}`);
  return { action, kind, perSecond: readRate(part, rate) };
}

function readRate(part: string, rate: string): number {
  const match = /^(\d{1,3}(?:\.\d{1,6})?)\/s$/.exec(rate);
  const perSecond = Number(match?.[1]);
  if (perSecond > 0 && perSecond <= mostPerSecond) return perSecond;
  throw bad(part, `a rate over 0 and up to ${mostPerSecond}, like 0.5/s`);
}

function bad(seen: string, allowed: string): ActorError {
  const message = `cannot make trouble as "${seen.slice(0, 100)}" says; allowed is ${allowed}`;
  return new ActorError("bad-chaos", { operation: "chaos", message, details: { seen, allowed } });
}
