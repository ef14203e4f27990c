import test from "ava";
import { readSettings, settingsText } from "../src/record-settings.ts";

const before = {
  extraTrackers: [],
  useTrackers: true,
  maxPeers: 200,
  isSeedOnly: false,
  isSequential: false,
  names: "own",
};

test("a default in a record of an earlier release counts as not set", (t) => {
  t.deepEqual(readSettings(before), { settings: {}, wrong: [] });
  const { names: _, ...older } = before;
  t.deepEqual(readSettings(older).settings, { portableNames: true });
});

test("settings of an earlier release get their present names", (t) => {
  const { settings, wrong } = readSettings({
    ...before,
    extraTrackers: ["http://t.test/"],
    useTrackers: false,
    announce: "strict",
    maxPeers: 0,
    isSeedOnly: true,
    isSequential: true,
    isSuperSeed: true,
    isUploadOff: true,
    seedChoker: "fastest-upload",
    webSeeds: ["http://w.test/"],
    queuePlace: { rank: -5, isForced: true },
    goals: { ratio: 2, until: "all" },
    limits: { up: 5_000 },
  });
  t.deepEqual(wrong, []);
  t.deepEqual(settings, {
    trackers: ["http://t.test/"],
    useTrackers: false,
    announce: "strict",
    maxPeers: 1,
    seedOnly: true,
    sequential: true,
    superSeed: true,
    upload: false,
    seedChoker: "fastest-upload",
    webSeeds: ["http://w.test/"],
    queueRank: -5,
    forced: true,
    "goals.ratio": 2,
    "goals.until": "all",
    "limits.up": 5_000,
  });
});

test("a wrong value costs its setting alone, and an unknown setting is kept", (t) => {
  const unknown = { "later.setting": { deep: [1] }, constructor: 7 };
  const text = { maxPeers: 70, "goals.ratio": 0, upload: "no", ...unknown };
  const { settings, wrong } = readSettings(text);
  t.deepEqual(settings, { maxPeers: 70, ...unknown });
  t.deepEqual(wrong, ["goals.ratio", "upload"]);
  t.deepEqual(settingsText(settings), { maxPeers: 70, ...unknown });
  const { wrong: early } = readSettings({ ...before, maxPeers: 1e6, limits: { up: 999 } });
  t.deepEqual(early, ["maxPeers", "limits.up"]);
});
