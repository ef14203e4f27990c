import test from "ava";
import { engineSettings, torrentSettings } from "@troupe/control";
import { keyedSettings, keysIn, settingOfVariable } from "../../src/settings/setting-keys.ts";

test("L23: each setting that a user may set has a key", (t) => {
  const rows = { ...torrentSettings, ...engineSettings };
  const left = Object.keys(rows).filter((name) => !keyedSettings.some(({ key }) => key === name));
  t.deepEqual(left.toSorted(), ["chaos", "foundWebSeeds", "listedTrackers", "queueRank"]);
});

test("keys and variables are different for each setting", (t) => {
  t.is(new Set(keyedSettings.map(({ key }) => key)).size, keyedSettings.length);
  t.is(new Set(keyedSettings.map(({ variable }) => variable)).size, keyedSettings.length);
  t.is(settingOfVariable("TROUPE_LIMITS_PEER_DOWN")?.key, "limits.peerDown");
  t.is(settingOfVariable("TROUPE_LIMITS"), undefined);
});

test("a setting of both levels is the engine's", (t) => {
  t.is(settingOfVariable("TROUPE_MAX_PEERS")?.level, "engine");
  t.is(settingOfVariable("TROUPE_GOALS_RATIO")?.level, "engine");
  t.is(settingOfVariable("TROUPE_SEQUENTIAL")?.level, "torrent");
});

test("the keys of a mapping are those of its settings", (t) => {
  t.true(keysIn(undefined).includes("goals"));
  t.deepEqual(keysIn("goals"), ["ratio", "seedSeconds", "idleSeconds", "until", "action"]);
  t.deepEqual(keysIn("port"), []);
});
