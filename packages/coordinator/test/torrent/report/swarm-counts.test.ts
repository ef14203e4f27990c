import test from "ava";
import { swarmCountsOf } from "../../../src/torrent/report/swarm-counts.ts";

test("the swarm has the largest counts that trackers name", (t) => {
  const trackers = [{ complete: 3, incomplete: 0 }, { complete: 2, incomplete: 7 }, {}];
  t.deepEqual(swarmCountsOf(trackers), { seeds: 3, leechers: 7 });
});

test("a count that no tracker names is unknown", (t) => {
  t.deepEqual(swarmCountsOf([]), {});
  t.deepEqual(swarmCountsOf([{ complete: 0 }, {}]), { seeds: 0 });
});
