// Modules that end a thread outside of a call: their torrent is quarantined, and the torrent beside it is downloaded.

import test from "ava";
import { isLong } from "../support/lanes.ts";
import { neverReturns, writeModule } from "../support/programs/modules.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const shape = { pieceLengthBytes: 16 * 1024, files: 24 * 16 * 1024 };
const picker = "export default () => ({ pick: ({ candidates, count }) => candidates(count) });";
const extension = `export default () => ({ name: "x_bad", message() {} });`;
const soon = (code: string): string => `setTimeout(() => { ${code} }, 100);`;

/** Acts of a module besides its part, by the words of a title. */
const faults: readonly (readonly [title: string, code: string])[] = [
  ["ends the thread while it is loaded", "process.exit(3);"],
  ["ends the thread in order while it is loaded", "process.exit(0);"],
  ["never returns while it is loaded", neverReturns],
  ["throws no error in a timer", soon("throw 1;")],
  ["has a promise that rejects", soon("Promise.reject(1);")],
  ["ends the thread in a timer", soon("process.exit();")],
  ["ends the process in a timer", soon("process.abort();")],
  ["never returns from a timer", soon(neverReturns)],
  [
    "throws in a channel",
    `import { BroadcastChannel } from "node:worker_threads";
    const channels = [new BroadcastChannel("bad"), new BroadcastChannel("bad")];
    channels[0].onmessage = () => { throw 1; };
    for (const channel of channels) channel.unref();
    channels[1].postMessage(1);`,
  ],
];

/** Words of the titles that the gate tries: each way to end a thread once, in one of two threads. */
const triedPickers = isLong
  ? /./
  : /in order|rejects|in a channel|ends the .* in a timer|returns from/;
const triedExtensions = isLong
  ? /no error in a timer|never returns|while/
  : /no error in a timer|ends the thread while|never returns while/;

for (const [role, part, tried] of [
  ["picker", picker, triedPickers],
  ["extension", extension, triedExtensions],
] as const) {
  const chosen = faults.filter(([title]) => tried.test(title));
  for (const [title, code] of chosen) {
    test.serial(
      `AE27: a module with ${an(role)} that ${title} ends its torrent alone`,
      async (t) => {
        await using bad = await Swarm.open(shape);
        await using good = await Swarm.open({ ...shape, files: 25 * shape.pieceLengthBytes });
        await using coordinator = await startEngine({
          host: "threads",
          directory: bad.folder("data").path,
          port: 0,
          bind: ["127.0.0.1"],
          hashThreads: 1,
          peerWorkers: 1,
        });
        const badPeer = await bad.pacedSeeder({ isShut: true });
        const goodPeer = await good.pacedSeeder({ isShut: true });
        const url = writeModule(bad.folder("modules").path, "bad.mjs", `${code}\n${part}`);
        const healthy = await coordinator.add(good.metainfo, {
          directory: good.folder("data").path,
          useTrackers: false,
          peers: [{ host: goodPeer.host, port: goodPeer.port }],
        });
        const torrent = await coordinator.add(bad.metainfo, {
          useTrackers: false,
          peers: [{ host: badPeer.host, port: badPeer.port }],
          modules: role === "picker" ? { picker: url } : { extensions: [url] },
        });
        goodPeer.allow(shape.files / 2);
        badPeer.allow(shape.files / 8);
        await t.throwsAsync(torrent.completed, { code: "quarantined" });
        goodPeer.open();
        await healthy.completed;
        t.is(healthy.fault, undefined);
        badPeer.open();
        torrent.setModules({ picker: undefined, extensions: [] });
        torrent.start();
        await torrent.completed;
      },
    );
  }
}

function an(role: string): string {
  return role === "extension" ? "an extension" : `a ${role}`;
}
