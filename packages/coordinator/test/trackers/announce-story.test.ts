// Each tracker gets events in order, for any failures and any time of the stop.

import fc from "fast-check";
import test from "ava";
import type { AnnounceMode } from "@troupe/control";
import { AnnounceWorld, type HeardAnnounce, type WorldTracker } from "../support/announce-world.ts";

const minute = 60_000;
const names = ["a", "b", "c"];
const cuts = [[], [4], [6], [4, 6]] as const;

const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ pass: fc.integer({ min: 1, max: 50 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      tracker: fc.integer({ min: 0, max: 2 }),
      cut: fc.constantFrom(...cuts),
    }),
  },
  { weight: 1, arbitrary: fc.constantFrom("complete" as const, "restart" as const) },
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;
/** The first announce over IPv4, which was cut, leaves together with one over IPv6. */
const bothFamilies: Step[] = [
  { tracker: 0, cut: [4] },
  { pass: 28 },
  { tracker: 0, cut: [] },
  { pass: 3 },
];

/** Faults of what one tracker heard between a start of the torrent and the next one. */
function faults(heard: readonly HeardAnnounce[], isPrivate: boolean): string[] {
  const found: string[] = [];
  const known = new Set<number>();
  const completed = new Set<number>();
  let [uploaded, stops] = [0, 0];
  for (const announce of heard) {
    const { event } = announce;
    // To a private torrent's tracker both families are one peer.
    const family = isPrivate ? 0 : announce.family;
    if (event === "started") known.add(family);
    // A `started` may have been lost, and `stopped` is sent in case that it was not.
    else if (!known.has(family) && event !== "stopped")
      found.push(`${event ?? "-"} before started`);
    if (event === "completed" && completed.has(family)) found.push("completed twice");
    if (event === "completed") completed.add(family);
    if (event === "stopped") stops++;
    else if (stops > 0) found.push(`${event ?? "-"} after stopped`);
    if (announce.uploaded < uploaded) found.push("fewer bytes");
    ({ uploaded } = announce);
  }
  if (stops > (isPrivate ? 1 : 2)) found.push(`${stops} times stopped`);
  return found;
}

test("each tracker hears started first, completed once, stopped last, and counts that do not fall", async (t) => {
  const modes = fc.constantFrom<AnnounceMode>("parallel", "strict", "all");
  const tiers = fc.constantFrom(["abc"], ["a", "bc"], ["a", "b", "c"]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 25 }),
      fc.record({ mode: modes, tiers, isPrivate: fc.boolean(), seed: fc.nat(1_000) }),
      async (steps, { mode, isPrivate, seed, ...setting }) => {
        const scene = new AnnounceWorld(`story ${seed}`, { keepTrace: false });
        const trackers: WorldTracker[] = [];
        for (const name of names) trackers.push(await scene.tracker(name));
        const urls: Record<string, string> = { a: "http://a/announce", b: "udp://b", c: "udp://c" };
        const { announcer, counters } = scene.torrent({
          tiers: setting.tiers.map((tier) => Array.from(tier, (name) => urls[name] ?? "")),
          mode,
          isPrivate,
        });
        const check = (): void => {
          for (const { heard, story } of trackers) {
            const found = faults(heard.splice(0), isPrivate);
            if (found.length > 0) throw new Error(`${found.join(", ")}: ${story.join(", ")}`);
            story.length = 0;
          }
        };
        let isComplete = false;
        announcer.start();
        for (const each of [...steps, "restart" as const]) {
          if (each === "restart") {
            await scene.world.settle(announcer.stop());
            check();
            announcer.start();
          } else if (each === "complete") {
            if (!isComplete) announcer.completed();
            isComplete = true;
          } else if ("cut" in each) {
            const tracker = trackers[each.tracker];
            if (tracker !== undefined) tracker.mood.cut = each.cut;
          } else {
            for (let minutes = 0; minutes < each.pass; minutes++) {
              counters.uploaded += 10;
              await scene.world.run(minute);
            }
          }
        }
      },
    ),
    {
      numRuns: 60,
      examples: [
        [bothFamilies, { mode: "strict", tiers: ["a", "b", "c"], isPrivate: false, seed: 737 }],
      ],
      includeErrorInReport: true,
    },
  );
  t.pass();
});
