import test from "ava";
import { trackersInForce } from "../../src/view/trackers-in-force.ts";
import { exampleRow } from "../support/example-row.ts";

const own = [["http://own.example/"]];

test("further trackers stand before those of the torrent, each in a tier of its own", (t) => {
  const settings = { trackers: ["http://a.example/", "http://b.example/"] };
  const row = exampleRow({ trackers: own, settings });
  t.deepEqual(trackersInForce(row), [["http://a.example/"], ["http://b.example/"], ...own]);
  t.deepEqual(trackersInForce({ ...row, isPrivate: true }), own);
});

test("tiers that are set stand in place of all others, of a private torrent too", (t) => {
  const trackerTiers = [["http://c.example/"]];
  const settings = { trackers: ["http://a.example/"], trackerTiers };
  const row = exampleRow({ trackers: own, settings });
  t.deepEqual(trackersInForce(row), trackerTiers);
  t.deepEqual(trackersInForce({ ...row, isPrivate: true }), trackerTiers);
});

test("a torrent that uses no trackers has none", (t) => {
  t.deepEqual(trackersInForce(exampleRow({ settings: { useTrackers: false } })), []);
});
