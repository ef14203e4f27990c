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

test("uTP alone is refused beside an HTTP proxy that peers are reached through, and not beside a SOCKS proxy", (t) => {
  const proxy = "HTTP://192.0.2.1:8080";
  const socks = "socks5://192.0.2.1:1080";
  t.notThrows(() => checkRules(engineRules, { transport: "utp", proxy: socks }));
  t.throws(() => checkRules(engineRules, { transport: "utp", proxy }), { code });
  t.notThrows(() => checkRules(engineRules, { transport: "both", proxy }));
  t.notThrows(() => checkRules(engineRules, { transport: "utp", proxy, proxyFor: "trackers" }));
  t.notThrows(() => checkRules(engineRules, { transport: "utp" }));
});
