import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import { listen, listenAgain } from "../../../src/engine/peers/listen-port.ts";
import { ProxyLimits } from "../../../src/engine/base/proxy-limits.ts";
import { at, makeScene } from "../../support/engine-scene.ts";

const failed = (code: string) => Object.assign(new Error(code), { code });

/** Workers that can listen on any port but those in use; `probes` counts the plain binds. */
function scene({ workers = 2, ports = [6881, 6882] } = {}) {
  const made = makeScene({ workers, limits: { transport: "tcp" } });
  const { engine } = made;
  const inUse = new Set<number>();
  const sockets = {
    listen: ({ port }: { port: number }) =>
      inUse.has(port)
        ? Promise.reject(failed("EADDRINUSE"))
        : Promise.resolve({ close: () => Promise.resolve() }),
  };
  engine.network.port = 0;
  Object.assign(engine.options, { ports, bind: ["127.0.0.1"] });
  Object.assign(engine.context, { sockets });
  /** Where each worker listens. */
  const listening = new Map<number, number | undefined>();
  for (const [index, ref] of made.refs.entries()) {
    ref.answer = (name, message) => {
      const { hosts, port } = message as { hosts: readonly string[]; port: number };
      if (name === "listen") listening.set(index, hosts.length === 0 ? undefined : port);
      return { port };
    };
  }
  return { ...made, inUse, listening };
}

test("every worker listens on the first port that is free", async (t) => {
  const { engine, inUse, listening } = scene();
  inUse.add(6881);
  t.deepEqual(await listen(engine), { port: 6882 });
  t.deepEqual(
    [...listening],
    [
      [0, 6882],
      [1, 6882],
    ],
  );
  t.is(engine.network.port, 6882);
});

test("without a free port listening is refused", async (t) => {
  const { engine, inUse } = scene();
  inUse.add(6881).add(6882);
  t.deepEqual(await listen(engine), {
    refused: "port-in-use",
    message: "cannot listen for peers: each of the ports 6881-6882 is in use",
  });
});

test("a port below 1024 without the right to it is refused as such", async (t) => {
  const { engine, ref } = scene({ workers: 1, ports: [80] });
  ref(0).answer = () => ({ refused: "EACCES", host: "0.0.0.0" });
  t.deepEqual(await listen(engine), {
    refused: "port-not-allowed",
    message: "cannot listen for peers: port 80 needs root",
  });
});

test("when one worker cannot listen the others release that port", async (t) => {
  const { engine, ref, listening } = scene();
  const asBefore = ref(1).answer;
  ref(1).answer = (name, message) =>
    (message as { port: number }).port === 6881
      ? { refused: "EADDRINUSE", host: "127.0.0.1" }
      : asBefore(name, message);
  const [first] = engine.options.ports;
  t.is(first, 6881);
  t.deepEqual(await listen(engine), { port: 6882 });
  t.deepEqual(
    ref(0)
      .calls("listen")
      .map(({ hosts, port }) => [hosts.length, port]),
    [
      [1, 6881],
      [0, 0],
      [1, 6882],
    ],
  );
  t.deepEqual(
    [...listening],
    [
      [0, 6882],
      [1, 6882],
    ],
  );
});

test("the listen call of a crashed worker is repeated to its successor", async (t) => {
  const { engine, ref, time } = scene();
  const asBefore = ref(1).answer;
  ref(1).answer = () => {
    ref(1).answer = asBefore;
    throw failed("actor-gone");
  };
  const answer = listen(engine);
  await time.pass(1_000);
  t.deepEqual(await answer, { port: 6881 });
  t.is(ref(1).calls("listen").length, 2);
});

test("listening is refused when a worker is not restarted", async (t) => {
  const { engine, ref, time } = scene({ workers: 1, ports: [6881] });
  ref(0).answer = () => {
    throw failed("actor-gone");
  };
  const answer = listen(engine);
  await time.pass(60_000);
  t.like(await answer, { refused: "listen-failed" });
});

test("no other port is tried at an address of another machine", async (t) => {
  const { engine, ref } = scene({ workers: 1 });
  ref(0).answer = () => ({ refused: "EADDRNOTAVAIL", host: "192.0.2.1" });
  t.deepEqual(await listen(engine), {
    refused: "address-not-available",
    message: "cannot listen for peers at 192.0.2.1: it is no address of this machine",
  });
  t.is(ref(0).calls("listen").length, 1);
});

test("with an interface an address of another interface is refused by the name of the interface", async (t) => {
  const { engine, ref } = scene({ workers: 1 });
  Object.assign(engine.network, { interface: { name: "wg0" } });
  ref(0).answer = () => ({ refused: "EADDRNOTAVAIL", host: "192.0.2.1" });
  t.deepEqual(await listen(engine), {
    refused: "address-not-available",
    message: "cannot listen for peers at 192.0.2.1: it is no address of the interface wg0",
  });
});

test("without `bind` both families are tried, and IPv4 alone where IPv6 is missing", async (t) => {
  for (const [refused, hosts, port] of [
    [undefined, ["0.0.0.0", "::"], 6881],
    ["EAFNOSUPPORT", ["0.0.0.0"], 6881],
    ["EADDRINUSE", ["0.0.0.0", "::"], 6882],
  ] as const) {
    const { engine, ref } = scene({ workers: 1 });
    Object.assign(engine.options, { bind: [] });
    ref(0).answer = (_, message) => {
      const request = message as { hosts: readonly string[]; port: number };
      const isRefused = request.hosts.includes("::") && request.port === 6881;
      return refused !== undefined && isRefused ? { refused, host: "::" } : { port: request.port };
    };
    t.deepEqual(await listen(engine), { port }, refused);
    t.deepEqual(engine.network.hosts, hosts, refused);
  }
});

test("a worker that is restarted before the others listen gets the port", async (t) => {
  const { engine, ref } = scene();
  const asBefore = ref(1).answer;
  ref(1).answer = (name, message) => {
    at([ref(0)], 0).peer = { name: "peer-0", epoch: 2 };
    return asBefore(name, message);
  };
  await listen(engine);
  t.is(ref(0).calls("listen").length, 2);
});

for (const [what, answer] of [
  ["refuses", () => ({ refused: "EADDRINUSE", host: "127.0.0.1" })],
  [
    "does not answer in time",
    () => {
      throw failed("call-deadline");
    },
  ],
] as const) {
  test(`a new worker that ${what} gets another listen call`, async (t) => {
    const { engine, peerWorker, ref, time } = scene();
    await listen(engine);
    ref(0).sent.length = 0;
    const asBefore = ref(0).answer;
    ref(0).answer = answer;
    void listenAgain(engine, peerWorker(0));
    await time.pass(0);
    ref(0).answer = asBefore;
    await time.pass(200);
    t.is(ref(0).calls("listen").length, 2);
    await time.pass(60_000);
    t.is(ref(0).calls("listen").length, 2);
  });
}

test("a crashed worker gets no further listen call, but its successor does", async (t) => {
  const { engine, peerWorker, ref, time } = scene();
  await listen(engine);
  ref(0).sent.length = 0;
  ref(0).answer = () => {
    throw failed("actor-gone");
  };
  void listenAgain(engine, peerWorker(0));
  await settle();
  await time.pass(60_000);
  t.is(ref(0).calls("listen").length, 1);
});

test("the port is mapped after listening, with the option alone", async (t) => {
  for (const portMapping of [["PCP"], []]) {
    const { engine } = scene();
    let looks = 0;
    const list = () => {
      looks++;
      return [];
    };
    Object.assign(engine.options, { portMapping, bind: ["0.0.0.0"] });
    Object.assign(engine.context.gateways, { list });
    await listen(engine);
    t.is(looks, portMapping.length);
    t.is(engine.network.publicPort, 6881);
    await engine.network.portMapping.close();
  }
});

for (const [families, hosts] of [
  [
    [4, 6],
    ["0.0.0.0", "::"],
  ],
  [
    [6, 4],
    ["::", "0.0.0.0"],
  ],
  [[4], ["0.0.0.0"]],
  [[6], ["::"]],
] as const) {
  test(`L11: with the families ${families.join()} peers are listened for at ${hosts.join(" and ")}`, async (t) => {
    const { engine, ref } = scene({ workers: 1 });
    Object.assign(engine.options, { bind: [], families });
    t.deepEqual(await listen(engine), { port: 6881 });
    t.deepEqual(ref(0).calls("listen")[0]?.hosts, hosts);
    t.deepEqual(engine.network.hosts, hosts);
  });
}

test("D06: behind a proxy no worker listens, and the port of the settings is the public one", async (t) => {
  const { engine, listening } = scene();
  const rule = { protocol: "socks5", host: "192.0.2.9", port: 1_080, use: "all" } as const;
  Object.assign(engine.network, { proxyLimits: new ProxyLimits(engine.context, rule) });
  engine.network.publicPort = 0;
  t.deepEqual(await listen(engine), { port: 0 });
  t.is(listening.size, 0);
  t.is(engine.network.publicPort, 0);
  Object.assign(engine.settings, { values: { announcePort: 7_000, transport: "tcp" } });
  await listen(engine);
  t.is(engine.network.publicPort, 7_000);
});
