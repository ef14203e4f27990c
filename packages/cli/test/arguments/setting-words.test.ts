import { engineSettings, torrentSettings } from "@troupe/control";
import test from "ava";
import { changeableRows, readChanges } from "../../src/arguments/setting-words.ts";
import { UsageError } from "../../src/arguments/usage-error.ts";

function ofTorrent(words: readonly string[], unset: readonly string[] = []): unknown {
  return readChanges(torrentSettings, words, unset);
}

function ofEngine(...words: readonly string[]): unknown {
  return readChanges(engineSettings, words, []);
}

test("values are the words of options: sizes, times, numbers, flags, lists", (t) => {
  const words = ["limits.down=5M", "goals.seedSeconds=2h", "maxPeers=9", "sequential=true"];
  t.deepEqual(ofTorrent([...words, "labels=new,films", "goals.ratio=1.5"]), {
    "limits.down": 5 * 1_024 ** 2,
    "goals.seedSeconds": 7_200,
    maxPeers: 9,
    sequential: true,
    labels: ["new", "films"],
    "goals.ratio": 1.5,
  });
});

test("an empty value empties a list, and the first equals sign ends the name", (t) => {
  t.deepEqual(ofTorrent(["labels=", "trackers=http://a/?b=c"]), {
    labels: [],
    trackers: ["http://a/?b=c"],
  });
  t.throws(() => ofTorrent(["maxPeers="]), { instanceOf: UsageError });
});

test("values that no word can say are JSON", (t) => {
  const groups = { films: { limits: { down: 2_000_000 } } };
  t.deepEqual(ofEngine(`groups=${JSON.stringify(groups)}`), { groups });
  t.deepEqual(ofTorrent(['labels=["a,b"]']), { labels: ["a,b"] });
  t.throws(() => ofEngine("groups={"), { message: /^groups takes a mapping/ });
});

test("a schedule has the words of its option", (t) => {
  const [first, second] = [
    { from: "08:00", to: "18:00", down: 512_000, up: 102_400 },
    { days: ["sat", "sun"], from: "00:00", to: "00:00", down: 0, up: 0 },
  ];
  t.deepEqual(ofEngine("limits.schedule=08:00-18:00=500k/100k,sat-sun@00:00-00:00=0/0"), {
    "limits.schedule": [first, second],
  });
});

test("unset names end that a setting is set", (t) => {
  t.deepEqual(ofTorrent(["maxPeers=3"], ["limits.down"]), { maxPeers: 3, "limits.down": null });
});

for (const [word, message] of [
  ["limits.dwn=5M", "there is no setting limits.dwn to change; did you mean limits.down?"],
  ["limits.down=fast", /^limits\.down takes a size of at least 1000 bytes.*not "fast"$/],
  ["maxPeers", 'set takes settings like limits.down=5M, not "maxPeers"'],
  ["=5M", /^set takes settings/],
  ["portableNames=true", /^there is no setting portableNames to change/],
  ["queueRank=3", /^there is no setting queueRank to change/],
  ["__proto__=3", /^there is no setting __proto__ to change/],
] as const) {
  test(`\`set 1 ${word}\` is refused`, (t) => {
    t.throws(() => ofTorrent([word]), { instanceOf: UsageError, message });
  });
}

test("a setting that is given twice is refused", (t) => {
  t.throws(() => ofTorrent(["maxPeers=3"], ["maxPeers"]), { message: "maxPeers was given twice" });
});

test("settings that change at run time alone can be set, and none of the library's", (t) => {
  const names = Object.keys(changeableRows(torrentSettings));
  t.true(names.includes("limits.down") && names.includes("moveTo"));
  for (const name of ["portableNames", "foundWebSeeds", "queueRank"]) t.false(names.includes(name));
});
