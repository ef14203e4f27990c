import { nodePorts, type Ports } from "@troupe/actor-runtime";
import { patternTorrent } from "@troupe/load-peers";
import test from "ava";
import { makeRule } from "../../src/rules/make-rule.ts";
import type { Scenario } from "../../src/scenario/scenario.ts";
import { openTargets } from "../../src/targets/open-targets.ts";

const lengths = { lengthBytes: 16_384, pieceLengthBytes: 16_384 };
const metainfo = patternTorrent({ name: "payload", ...lengths });

/** A tracker at each address, without a network. */
function answeringPorts(): Ports {
  const ports = nodePorts();
  const reply = { status: 200, body: new Uint8Array(), url: "" };
  return { ...ports, http: { ...ports.http, get: async () => reply } };
}

test("a started client announces to no tracker outside of private ranges, even an allowed one", async (t) => {
  const scenario: Scenario = {
    precise: true,
    hasOwnSources: false,
    ...{ name: "test", about: "", seed: 1, sources: "system", text: "", torrents: {}, groups: {} },
    ...{ phases: [], budgets: [], abort: [], drainMs: 5_000, onLostAgent: "fail" },
    targets: {
      tracker: { from: "address", kind: "tracker", address: "http://203.0.113.7:6969/announce" },
      client: {
        ...{ from: "start", kind: "peer", program: "ours", over: undefined, torrent: "payload" },
        ...{ has: "nothing", tracker: "tracker", connections: 10 },
      },
    },
  };
  const opened = openTargets(scenario, {
    ports: answeringPorts(),
    rule: makeRule({ allowTargets: ["203.0.113.7"] }),
    torrents: [{ name: "payload", metainfo, content: { kind: "pattern" } }],
    // It would be started.
    ownCommand: [process.execPath, "--eval", "process.exit(3)"],
  });
  await t.throwsAsync(opened, {
    code: "target-not-allowed",
    message: /^cannot start client: its tracker is at 203\.0\.113\.7/,
  });
});
