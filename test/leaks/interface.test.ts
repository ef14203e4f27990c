// Packets of a download whose sockets are bound to an interface, counted by the kernel: 0 leave by the outer interface, while
// the bound one goes in each way that a tunnel goes. Trackers, a web seed, a seeder, a DHT node, the local network and a gateway
// are there, as for proxies.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import { startNameServer } from "../support/clients/name-server.ts";
import type { Troupe, TroupeEvent } from "../support/clients/troupe.ts";
import {
  bound,
  isAnswer,
  noneOutside,
  swarmName,
  TunnelScene,
  withoutKoffi,
} from "../support/clients/tunnel-scene.ts";
import { isLong } from "../support/lanes.ts";
import { longTest } from "../support/long-test.ts";
import { until } from "../support/time/until.ts";
import { startProcess, type RunningProcess } from "../support/programs/process.ts";
import type { Tunnel } from "../support/tunnel.ts";

const stub = "127.0.0.53";
/** Our machine reaches it by the outer interface alone. */
const outerServer = "45.10.2.53";

/** Words before a command whose system asks this name server. */
function askingAt(server: string, scene: TunnelScene): readonly string[] {
  const file = join(scene.settings, "resolv.conf");
  writeFileSync(file, `nameserver ${server}\n`);
  const script = `mount --bind "$0" /etc/resolv.conf && exec "$@"`;
  return ["unshare", "--mount", "sh", "-c", script, file];
}

const isDown = ({ code }: TroupeEvent): boolean => code === "interface-down";

/** Settles when trackers have answered that had not answered before the interface returned. */
async function answersAgain(download: Troupe, returns: () => Promise<void>): Promise<void> {
  const before = download.all("tracker").filter(isAnswer).length;
  await returns();
  let seen = 0;
  await download.event("tracker", (event) => isAnswer(event) && ++seen > before);
}

/** Settles when our machine has no socket but those of its own addresses: each thread closes its own sockets. */
async function allAreClosed({ ours }: TunnelScene): Promise<void> {
  await until("every socket is closed", async () => {
    const lines = await ours.run("ss", "-H", "-n", "-t", "-u", "-a", "not", "src", "127.0.0.0/8");
    return lines.length === 0;
  });
}

test.serial(
  "D08: a download over an interface is complete, and no packet leaves by another",
  async (t) => {
    await using scene = await TunnelScene.start();
    await scene.tunnel.open();
    const outside = await scene.tunnel.countOutside();
    const download = await scene.download(bound);
    const { bound: hold } = await download.event("listening");
    t.is(hold, "device");
    for (const tracker of scene.trackers)
      await download.event("tracker", (event) => isAnswer(event) && event["url"] === tracker);
    await scene.letPayload();
    await download.finished();
    await assertSameFiles(t, scene.payload, scene.target);
    await noneOutside(t, outside);
  },
);

const ways = [
  ["the link goes down", (tunnel: Tunnel) => tunnel.down(), (tunnel: Tunnel) => tunnel.up()],
  [
    "the address is removed, and another one comes",
    (tunnel: Tunnel) => tunnel.removeAddresses(),
    (tunnel: Tunnel) => tunnel.addRoutesAndAddresses(3),
  ],
] as const;

for (const [what, goes, returns] of isLong ? ways : ways.slice(0, 1)) {
  test.serial(
    `D08: ${what}: nothing leaves elsewhere, and trackers hear of the return`,
    async (t) => {
      await using scene = await TunnelScene.start();
      await scene.tunnel.open();
      const outside = await scene.tunnel.countOutside();
      const download = await scene.download(bound);
      await download.event("tracker", isAnswer);
      await download.event("peer", ({ connected }) => connected === true);
      await goes(scene.tunnel);
      await download.event("why", isDown);
      await noneOutside(t, outside);
      await answersAgain(download, () => returns(scene.tunnel));
      await scene.letPayload();
      await download.finished();
      await assertSameFiles(t, scene.payload, scene.target);
      await noneOutside(t, outside);
    },
  );
}

longTest(
  "D08: the route is removed and the address stays: a bound socket sends nothing elsewhere",
  async (t) => {
    await using scene = await TunnelScene.start();
    await scene.tunnel.open();
    const outside = await scene.tunnel.countOutside();
    const download = await scene.download(bound);
    await download.event("peer", ({ connected }) => connected === true);
    await scene.tunnel.removeRoutes();
    // Our machine has payload to acknowledge: by the tunnel, or not at all.
    await scene.letPayload();
    await until("payload arrives, or is sent again", async () => {
      if (download.all("complete").length > 0) return true;
      const lines = await scene.theirs.run("ss", "-H", "-n", "-t", "-i", "state", "established");
      return lines.some((line) => /backoff:[1-9]/.test(line));
    });
    await noneOutside(t, outside);
    await scene.tunnel.addRoutes();
    await download.finished();
    await noneOutside(t, outside);
  },
);

longTest(
  "D08: without koffi the guard closes every socket when the route is removed",
  async (t) => {
    await using scene = await TunnelScene.start();
    await scene.tunnel.open();
    const outside = await scene.tunnel.countOutside();
    const download = await scene.download(bound, withoutKoffi);
    const { bound: hold } = await download.event("listening");
    t.is(hold, "guard");
    await download.event("tracker", isAnswer);
    await download.event("peer", ({ connected }) => connected === true);
    await noneOutside(t, outside);
    await scene.tunnel.removeRoutes();
    await download.event("why", isDown);
    await allAreClosed(scene);
    const left = await outside();
    t.log(`${left.join(", ")} packets left before the sockets were closed`);
    await answersAgain(download, () => scene.tunnel.addRoutes());
    await scene.letPayload();
    await download.finished();
    t.deepEqual(await outside(), left);
  },
);

longTest("D08: an interface that is absent at the start is waited for", async (t) => {
  await using scene = await TunnelScene.start();
  const outside = await scene.tunnel.countOutside();
  const download = await scene.download(bound);
  await download.event("why", isDown);
  await noneOutside(t, outside);
  await answersAgain(download, () => scene.tunnel.open());
  await scene.letPayload();
  await download.finished();
  await assertSameFiles(t, scene.payload, scene.target);
  await noneOutside(t, outside);
});

/** Name servers of the swarm, one reached by the outer interface alone, and a stub that forwards to that. */
async function startNames(scene: TunnelScene): Promise<RunningProcess> {
  const names = { [swarmName]: scene.theirs.ip4 };
  await scene.theirs.run("ip", "address", "add", `${outerServer}/32`, "dev", "eth0");
  await scene.ours.run("ip", "route", "add", outerServer, "dev", "eth0");
  const { within } = scene.theirs;
  scene.stack.use(await startNameServer({ within, ip4: outerServer }, names));
  scene.stack.use(await startNameServer(scene.theirs, names));
  const program = fileURLToPath(new URL("../support/clients/dns-stub.program.ts", import.meta.url));
  const words = [process.execPath, program, stub, outerServer];
  const started = scene.stack.use(await startProcess([...scene.ours.within, ...words]));
  await started.lineWhere("a stub", (line) => line === "ready" || undefined);
  return started;
}

longTest(
  "D08: a name server of this machine is not asked, one that the interface reaches is",
  async (t) => {
    await using scene = await TunnelScene.start();
    await scene.tunnel.open();
    const asked = await startNames(scene);
    const outside = await scene.tunnel.countOutside();
    const within = askingAt(stub, scene);
    const waiting = await scene.downloadByName(bound, within);
    const { message } = await waiting.event("why", ({ code }) => code === "dns-not-bound");
    t.true(String(message).includes("--dns"));
    await waiting.interrupt();
    const told = await scene.downloadByName([...bound, "--dns", scene.theirs.ip4], within);
    await scene.letPayload();
    await told.finished();
    t.false(asked.lines.includes("asked"));
    await noneOutside(t, outside);
  },
);

longTest(
  "D08: without an interface the stub asks by the outer one, and the counters see it",
  async (t) => {
    await using scene = await TunnelScene.start();
    await scene.tunnel.open();
    const asked = await startNames(scene);
    const outside = await scene.tunnel.countOutside();
    const download = await scene.downloadByName([], askingAt(stub, scene));
    await download.event("tracker", isAnswer);
    t.true(asked.lines.includes("asked"));
    const [, udp = 0] = await outside();
    t.true(udp > 0);
  },
);

longTest("D08: --interface-strict starts nothing where only the guard holds", async (t) => {
  await using scene = await TunnelScene.start();
  await scene.tunnel.open();
  const outside = await scene.tunnel.countOutside();
  const refused = await scene.download([...bound, "--interface-strict"], withoutKoffi);
  const { status } = await refused.ended();
  t.not(status, 0);
  t.true(refused.tail().includes("[interface-only-guarded]"));
  await noneOutside(t, outside);
  const bySystem = await scene.download([...bound, "--interface-strict"]);
  await scene.letPayload();
  await bySystem.finished();
  await noneOutside(t, outside);
});
