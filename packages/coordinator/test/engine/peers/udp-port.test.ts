import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import type { UdpListening } from "@troupe/messages";
import {
  datagramsLost,
  isOpenAtAllAddresses,
  openDatagrams,
  reopenDatagrams,
} from "../../../src/engine/peers/udp-port.ts";
import { ProxyLimits } from "../../../src/engine/base/proxy-limits.ts";
import { listen } from "../../../src/engine/peers/listen-port.ts";
import { changeSettings } from "../../../src/engine/settings/change-settings.ts";
import { makeScene } from "../../support/engine-scene.ts";

const four = { family: 4, host: "0.0.0.0", port: 6_881 } as const;
const six = { family: 6, host: "::", port: 6_881 } as const;
const relay = { family: 4, host: "0.0.0.0", port: 0 } as const;
const rule = { protocol: "socks5", host: "192.0.2.9", port: 1_080, use: "all" } as const;
const both: UdpListening = { sockets: [four, six], refused: [] };

interface Parts {
  readonly hasDht?: boolean;
  readonly answer?: UdpListening;
  readonly transport?: "both" | "tcp";
}

/** An engine that listens for peers, and whose first peer-worker answers `open-udp`. */
function scene({ hasDht = true, answer = both, transport = "both" }: Parts = {}) {
  const made = makeScene({ workers: 2, limits: { transport } });
  const { engine } = made;
  Object.assign(engine.options, { ports: [6_881, 0], ...(hasDht && { dht: { bootstrap: [] } }) });
  engine.network.hosts = ["0.0.0.0", "::"];
  const [owner, other] = [made.ref(0), made.ref(1)];
  owner.answer = () => answer;
  return { ...made, network: engine.network, owner, other };
}

test("the first peer-worker opens UDP at the hosts and the number of TCP, and else at the ports of the list", async (t) => {
  const { engine, network, owner, other } = scene();
  network.port = 6_990;
  await openDatagrams(engine);
  t.deepEqual(owner.calls("open-udp"), [{ hosts: ["0.0.0.0", "::"], ports: [6_990, 6_881, 0] }]);
  t.deepEqual(other.calls("open-udp"), []);
  t.deepEqual(network.udpSockets, both.sockets);
});

test("without a DHT node, too, the gateway maps the UDP port that has another number than the TCP port", async (t) => {
  const { engine, network } = scene({
    hasDht: false,
    answer: { sockets: [{ ...four, port: 6_990 }], refused: [] },
  });
  const mapped: number[] = [];
  Object.assign(network.portMapping, { setUdpPort: (port: number) => mapped.push(port) });
  await openDatagrams(engine);
  t.deepEqual(mapped, [6_990]);
});

test("an engine without a DHT node and without uTP opens no UDP port", async (t) => {
  const without = scene({ hasDht: false, transport: "tcp" });
  await openDatagrams(without.engine);
  t.deepEqual([without.owner.calls("open-udp"), without.network.udpSockets], [[], []]);
  for (const made of [scene({ hasDht: false }), scene({ transport: "tcp" })]) {
    await openDatagrams(made.engine);
    t.is(made.owner.calls("open-udp").length, 1);
  }
});

test("the successor of the owner opens the same ports, and no other", async (t) => {
  const { engine, network, owner } = scene();
  await openDatagrams(engine);
  datagramsLost(engine);
  t.deepEqual(network.udpSockets, []);
  reopenDatagrams(engine);
  await settle();
  t.deepEqual(owner.calls("open-udp")[1], {
    hosts: ["0.0.0.0", "::"],
    ports: [],
    last: { ipv4: 6_881, ipv6: 6_881 },
  });
  t.deepEqual(network.udpSockets, both.sockets);
});

test("before the engine listens an owner that restarts opens no port", async (t) => {
  const { engine, network, owner } = scene();
  network.port = 0;
  reopenDatagrams(engine);
  await settle();
  t.deepEqual(owner.calls("open-udp"), []);
});

/** An engine behind a proxy, which has not listened yet. */
function proxiedScene(parts: Parts = {}) {
  const made = scene({ answer: { sockets: [relay], refused: [] }, ...parts });
  Object.assign(made.network, { port: 0, hosts: [] });
  Object.assign(made.engine.options, { bind: [], families: [4, 6] });
  Object.assign(made.network, { proxyLimits: new ProxyLimits(made.engine.context, rule) });
  return made;
}

test("D06: behind a proxy the first worker opens relays for uTP, and the engine does not wait for them", async (t) => {
  const { engine, network, owner } = proxiedScene();
  reopenDatagrams(engine);
  t.deepEqual(owner.calls("open-udp"), []);
  const { promise, resolve } = Promise.withResolvers<UdpListening>();
  owner.answer = () => promise;
  t.deepEqual(await listen(engine), { port: 0 });
  const request = { hosts: ["0.0.0.0", "::"], ports: [0] };
  t.deepEqual(owner.calls("open-udp"), [request]);
  t.deepEqual(network.udpSockets, []);
  resolve({ sockets: [relay], refused: [] });
  await network.udpTried;
  t.deepEqual(network.udpSockets, [relay]);
  datagramsLost(engine);
  reopenDatagrams(engine);
  await network.udpTried;
  t.deepEqual(owner.calls("open-udp"), [request, request]);
  t.deepEqual(network.udpSockets, [relay]);
});

test("D06: behind a proxy the DHT node has relays of its own: without uTP none is opened until the setting changes", async (t) => {
  const { engine, network, owner } = proxiedScene({ transport: "tcp" });
  await listen(engine);
  t.deepEqual(owner.calls("open-udp"), []);
  changeSettings(engine, { changes: { transport: "utp" } });
  await network.udpTried;
  t.is(owner.calls("open-udp").length, 1);
  t.deepEqual(network.udpSockets, [relay]);
});

test("a port that no family gets is logged as a warning, and one that a family gets is not", async (t) => {
  const refused = [{ family: 4, code: "EADDRINUSE", message: "in use" }] as const;
  for (const [sockets, level] of [
    [[], "warn"],
    [[six], "info"],
  ] as const) {
    const { engine, logged } = scene({ answer: { sockets, refused } });
    await openDatagrams(engine);
    t.deepEqual(
      logged.map((entry) => `${entry.level} ${entry.event}`),
      [`${level} udp-listening`],
    );
  }
});

test("the answer of an owner that has crashed meanwhile does not count", async (t) => {
  const { engine, network, owner } = scene();
  owner.answer = () => {
    owner.peer = { name: "peer-0", epoch: 2 };
    return both;
  };
  await openDatagrams(engine);
  t.deepEqual(network.udpSockets, []);
});

test("an owner that does not answer is logged as an error", async (t) => {
  const { engine, owner, logged } = scene();
  owner.answer = () => {
    throw Object.assign(new Error("late"), { code: "call-deadline" });
  };
  await openDatagrams(engine);
  t.deepEqual(logged, [{ level: "error", event: "udp-lost", fields: { code: "call-deadline" } }]);
});

test("a socket at one address of the machine does not reach all others", (t) => {
  const sockets = [{ ...four, host: "192.0.2.1" }, six];
  t.deepEqual(
    ([4, 6] as const).map((family) => isOpenAtAllAddresses(sockets, family)),
    [false, true],
  );
});
