// Advice for keys that people write in a place where no key has this name.

import type { Path } from "../file/scenario-fault.ts";

type Advice = Readonly<Record<string, string>>;

const ofFile: Advice = {
  duration: "phases: { steady: 30s }",
  for: "phases: { steady: 30s }",
  // Of a result, which `troupe load-test compare` reads.
  format:
    "the path of a scenario, for this file is the result of a run: load-test compare reads it",
};
const ofGroup: Advice = {
  rate: "load: { rate: 500/s }, or arrival: { rate: 500/s } for the peers' coming",
  depth: "load: { depth: 8 }",
  ramp: "arrival: { ramp: 10s }",
  poisson: "arrival: { poisson: 100/s }",
  crowd: "arrival: { crowd: 5s }",
  after: "arrival: { after: 10s }",
  pieces: "take: 4",
  until: "load: { rate: 500/s, until: PHASE }",
  from: "load: { rate: 500/s, from: PHASE }",
};
const ofArrival: Advice = { constant: "rate: 500/s", duration: "ramp: 10s", over: "ramp: 10s" };
const ofStay: Advice = { fixed: "stay: 30s", until: "stay: whole, or stay: end" };

/** `; write load: { depth: 8 }`, or nothing. */
export function keyAdvice(path: Path, key: string): string {
  const [part, , place] = path;
  const advice = adviceOf(part, place, path.length);
  return Object.hasOwn(advice, key) ? `; write ${advice[key]}` : "";
}

function adviceOf(part: Path[number] | undefined, place: Path[number] | undefined, depth: number) {
  if (depth === 0) return ofFile;
  if (part !== "groups") return {};
  if (depth === 2) return ofGroup;
  if (place === "arrival") return ofArrival;
  return place === "stay" ? ofStay : {};
}
