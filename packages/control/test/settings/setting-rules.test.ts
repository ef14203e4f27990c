import test from "ava";
import { checkRules, engineRules, torrentRules } from "../../src/settings/setting-rules.ts";

const code = "option-out-of-range";

test("options of a torrent that contradict each other are refused", (t) => {
  t.notThrows(() => checkRules(torrentRules, { start: false, state: "stopped" }));
  t.throws(() => checkRules(torrentRules, { start: false, state: "paused" }), { code });
  const modules = { picker: "p" };
  t.notThrows(() => checkRules(torrentRules, { modules }));
  t.throws(() => checkRules(torrentRules, { modules, sequential: true }), { code });
});

test("options of an engine that contradict each other are refused", (t) => {
  const mebibyte = 1 << 20;
  t.notThrows(() => checkRules(engineRules, { peerWorkers: 2, memory: 2 * mebibyte }));
  t.throws(() => checkRules(engineRules, { peerWorkers: 3, memory: 2 * mebibyte }), { code });
  t.throws(() => checkRules(engineRules, { peerWorkers: 1, host: "inline", workerUrls: "x" }), {
    code,
  });
});
