import test from "ava";
import {
  isDecidedByGroup,
  settingsOfGroup,
  torrentValue,
} from "../../src/settings/torrent-value.ts";

test("a torrent follows its engine in settings of both levels alone", (t) => {
  const engine = { maxPeers: 50, "limits.down": 9_000 };
  t.is(torrentValue("maxPeers", {}, engine), 50);
  t.is(torrentValue("maxPeers", { maxPeers: 7 }, engine), 7);
  t.is(torrentValue("maxPeers", {}, {}), 200);
  t.is(torrentValue("limits.down", {}, engine), 0);
});

test("L09: the value of a torrent comes first, then that of its group, then the engine's, then the default", (t) => {
  const engine = {
    maxPeers: 50,
    "goals.ratio": 3,
    groups: { films: { maxPeers: 30, goals: { ratio: 2 } }, empty: {} },
  };
  t.is(torrentValue("maxPeers", { group: "films", maxPeers: 7 }, engine), 7);
  t.is(torrentValue("maxPeers", { group: "films" }, engine), 30);
  t.is(torrentValue("goals.ratio", { group: "films" }, engine), 2);
  t.is(torrentValue("goals.ratio", {}, engine), 3);
  t.is(torrentValue("goals.until", { group: "films" }, engine), "any");
  for (const group of ["empty", "unknown", "constructor", "__proto__"])
    t.is(torrentValue("maxPeers", { group }, engine), 50, group);
});

test("L09: rate limits and slots of a group are not settings of its torrents", (t) => {
  const groups = { films: { limits: { down: 9_000 }, uploadSlots: 3, directory: "/films" } };
  t.is(torrentValue("limits.down", { group: "films" }, { groups }), 0);
  t.deepEqual(settingsOfGroup("films", { groups }), {
    "limits.down": 9_000,
    uploadSlots: 3,
    directory: "/films",
  });
  t.deepEqual(settingsOfGroup(undefined, { groups }), {});
  t.deepEqual(
    ["maxPeers", "goals.action", "limits.down", "directory", "sequential"].map(isDecidedByGroup),
    [true, true, false, false, false],
  );
});
