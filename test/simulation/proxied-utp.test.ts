// Downloads over uTP through the UDP relay of a SOCKS proxy, and beside a proxy that carries no UDP.

import test, { type ExecutionContext } from "ava";
import { ScriptedProxy, type ProxyScript } from "@troupe/actor-runtime/testing";
import { readMetrics } from "../../packages/coordinator/src/engine/metrics/read-metrics.ts";
import { enginePort, type SimulatedEngineOptions } from "../support/simulated/engine/engine.ts";
import { DiskView, rightSha256 } from "../support/simulated/engine/invariants.ts";
import { calmScenario } from "../support/simulated/runs/scenario.ts";
import { SimulatedSwarm } from "../support/simulated/swarm/swarm.ts";

const minute = 60_000;
const [seederHost, proxyHost, leecherHost] = ["45.30.0.1", "45.30.0.2", "45.30.0.3"] as const;
const proxyPort = 1_080;
const rule = { protocol: "socks5", host: proxyHost, port: proxyPort, use: "all" } as const;
const trackerless = { settings: { useTrackers: false } };
const seederPeer = { host: seederHost, port: enginePort };

interface Parts {
  readonly script?: ProxyScript;
  readonly transport?: SimulatedEngineOptions["transport"];
  readonly fileBytes?: number;
}

/** A seeder, a proxy, and an engine behind it that knows the seeder. */
async function scene({ script = {}, transport = "utp", fileBytes = 300_000 }: Parts = {}) {
  const swarm = new SimulatedSwarm(calmScenario(31, { fileLengths: [fileBytes], peers: [] }));
  const { torrent, world } = swarm;
  const between = world.machine({ addresses: [proxyHost], name: "proxy" }).ports("proxy");
  const startProxy = (): Promise<ScriptedProxy> =>
    world.settle(ScriptedProxy.listen(between, proxyHost, script, proxyPort));
  const proxy = await startProxy();
  const seeder = await swarm.addEngine(seederHost);
  swarm.fillDisk(seeder.machine);
  await world.settle(seeder.add(torrent, "seed-only", undefined, trackerless));
  const leecher = await swarm.addEngine(leecherHost, { transport, proxy: rule });
  /** Addresses that the seeder has been connected from, with the transports. */
  const seen = new Set<string>();
  const look = world.scheduler.timers.every(10, () => {
    for (const { host, kind } of seeder.jobOf(torrent)?.peers.connected() ?? [])
      seen.add(`${kind?.transport ?? "web"} ${host}`);
  });
  const add = (): Promise<void> =>
    world.settle(
      leecher.add(torrent, "download", undefined, { ...trackerless, peers: [seederPeer] }),
    );
  const hadBytes = (): number => leecher.jobOf(torrent)?.content.ledger.haveBytes ?? 0;
  const isDone = (): boolean => leecher.jobOf(torrent)?.isComplete === true;
  const warnings = (): readonly string[] =>
    leecher.events.flatMap((each) => (each.event === "warning" ? [each.code] : []));
  /** Looks at the files, and at what has crashed. */
  const isWhole = (t: ExecutionContext): void => {
    look.cancel();
    t.deepEqual(new DiskView(leecher, torrent).sha256(), rightSha256(torrent));
    t.deepEqual([...leecher.crashes, ...seeder.crashes], []);
  };
  return {
    world,
    proxy,
    startProxy,
    seeder,
    leecher,
    seen,
    add,
    hadBytes,
    isDone,
    isWhole,
    warnings,
  };
}

test("D06: a download over uTP alone goes through the relay of a SOCKS proxy, and the seeder sees the proxy", async (t) => {
  const { world, proxy, leecher, seen, add, isDone, isWhole, warnings } = await scene();
  await add();
  await world.runUntil(isDone, minute);
  isWhole(t);
  t.deepEqual([...seen], [`utp ${proxyHost}`]);
  t.deepEqual([...new Set(proxy.asked)], [`udp ${seederHost}:${enginePort}`]);
  t.deepEqual(warnings(), ["proxy-limits"]);
  const { engine } = leecher;
  const [bytes] = (engine === undefined ? [] : readMetrics(engine)).filter(
    ({ name }) => name === "troupe_transferred_bytes_total",
  );
  const payload = bytes?.series.filter(({ labels }) => labels["kind"] === "payload") ?? [];
  t.deepEqual(
    payload.map(
      ({ labels: { direction, transport }, value }) => `${direction} ${transport} ${value}`,
    ),
    ["down tcp 0", "down utp 300000", "down web-seed 0", "up tcp 0", "up utp 0"],
  );
});

test("D06: with both transports a peer that refuses TCP is reached over uTP through the relay", async (t) => {
  const parts = { script: { refusedPorts: [enginePort] }, transport: "both" } as const;
  const { world, proxy, seen, add, isDone, isWhole } = await scene(parts);
  await add();
  await world.runUntil(isDone, 5 * minute);
  isWhole(t);
  t.deepEqual([...seen], [`utp ${proxyHost}`]);
  t.true(proxy.asked.includes(`connect ${seederHost}:${enginePort}`));
});

test("D06: the proxy is killed under way three times: the download goes on over new relays", async (t) => {
  const { world, proxy, startProxy, seen, add, hadBytes, isDone, isWhole } = await scene({
    fileBytes: 3_000_000,
  });
  await add();
  let running = proxy;
  for (const part of [1, 2, 3]) {
    // One loss after the other. oxlint-disable-next-line no-await-in-loop
    await world.runUntil(() => hadBytes() > part * 700_000, 10 * minute);
    t.false(isDone());
    // oxlint-disable-next-line no-await-in-loop
    await world.settle(running.kill());
    // oxlint-disable-next-line no-await-in-loop
    await world.run(5_000);
    // oxlint-disable-next-line no-await-in-loop
    running = await startProxy();
  }
  await world.runUntil(isDone, 10 * minute);
  isWhole(t);
  t.deepEqual([...seen], [`utp ${proxyHost}`]);
});

test("D06: a proxy that is dead at first is used once it lives", async (t) => {
  const { world, proxy, startProxy, add, isDone, isWhole, warnings } = await scene();
  await world.settle(proxy.kill());
  await add();
  await world.run(minute);
  t.false(isDone());
  await startProxy();
  await world.runUntil(isDone, 5 * minute);
  isWhole(t);
  t.deepEqual(warnings(), ["proxy-limits"]);
});

test("D06: beside a proxy without UDP both transports mean TCP, and uTP alone reaches no peer and warns", async (t) => {
  const script = { refusesUdp: true };
  const both = await scene({ script, transport: "both" });
  await both.add();
  await both.world.runUntil(both.isDone, minute);
  both.isWhole(t);
  t.deepEqual([...both.seen], [`tcp ${proxyHost}`]);
  t.deepEqual(both.warnings(), ["proxy-limits"]);
  const alone = await scene({ script });
  await alone.add();
  await alone.world.run(minute);
  t.deepEqual([...alone.seen], []);
  t.deepEqual([...alone.warnings()].toSorted(), ["proxy-limits", "utp-off"]);
});
