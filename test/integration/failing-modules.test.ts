// Modules that end a thread outside of a call: their torrent is quarantined, and the torrent beside it is downloaded.

import test from "ava";
import { writeModule } from "../support/programs/modules.ts";
import { startEngine } from "../support/swarm/start-engine.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const shape = { pieceLengthBytes: 64 * 1024, files: 24 * 64 * 1024 };
const picker = "export default () => ({ pick: ({ candidates, count }) => candidates(count) });";
const extension = `export default () => ({ name: "x_bad", message() {} });`;
const soon = (code: string): string => `setTimeout(() => { ${code} }, 100);`;

/** Acts of a module besides its part, by the words of a title. */
const faults: readonly (readonly [title: string, code: string])[] = [
  ["ends the thread while it is loaded", "process.exit(3);"],
  ["ends the thread in order while it is loaded", "process.exit(0);"],
  ["never returns while it is loaded", "for (;;);"],
  ["throws no error in a timer", soon("throw 1;")],
  ["has a promise that rejects", soon("Promise.reject(1);")],
  ["ends the thread in a timer", soon("process.exit();")],
  ["ends the process in a timer", soon("process.abort();")],
  ["never returns from a timer", soon("for (;;);")],
  [
    "throws in a channel",
    `import { BroadcastChannel } from "node:worker_threads";
    const channels = [new BroadcastChannel("bad"), new BroadcastChannel("bad")];
    channels[0].onmessage = () => { throw 1; };
    for (const channel of channels) channel.unref();
    channels[1].postMessage(1);`,
  ],
];

for (const [role, part, chosen] of [
  ["picker", picker, faults],
  [
    "extension",
    extension,
    faults.filter(([title]) => /no error in a timer|never returns|while/.test(title)),
  ],
] as const) {
  for (const [title, code] of chosen) {
    test.serial(
      `AE27: a module with ${an(role)} that ${title} ends its torrent alone`,
      async (t) => {
        await using bad = await Swarm.open(shape, { host: "threads" });
        await using good = await Swarm.open(
          { ...shape, files: 25 * shape.pieceLengthBytes },
          { host: "threads" },
        );
        await using coordinator = await startEngine({
          host: "threads",
          directory: bad.folder("data").path,
          port: 0,
          bind: ["127.0.0.1"],
          peerWorkers: 1,
        });
        const seeds = await Promise.all([bad, good].map((swarm) => swarm.seed()));
        const [badPeer, goodPeer] = seeds.map((seed) => ({
          host: "127.0.0.1",
          port: seed.coordinator.port,
        }));
        const url = writeModule(bad.folder("modules").path, "bad.mjs", `${code}\n${part}`);
        const healthy = await coordinator.add(good.metainfo, {
          directory: good.folder("data").path,
          useTrackers: false,
          peers: goodPeer === undefined ? [] : [goodPeer],
          limits: { down: 400_000 },
        });
        const torrent = await coordinator.add(bad.metainfo, {
          useTrackers: false,
          peers: badPeer === undefined ? [] : [badPeer],
          limits: { down: 20_000 },
          modules: role === "picker" ? { picker: url } : { extensions: [url] },
        });
        await t.throwsAsync(torrent.completed, { code: "quarantined" });
        healthy.setLimits({});
        await healthy.completed;
        t.is(healthy.fault, undefined);
        torrent.setLimits({});
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
