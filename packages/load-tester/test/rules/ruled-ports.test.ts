import { codeOf, type Ports } from "@troupe/actor-runtime";
import { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import { UtpDialer, type PeerDialer } from "@troupe/load-peers";
import test, { type ExecutionContext } from "ava";
import { makeRule } from "../../src/rules/make-rule.ts";
import { ruledPorts } from "../../src/rules/ruled-ports.ts";

const home = "10.0.0.1";
const neighbour = "10.0.0.2";
const stranger = "45.20.1.1";
const named = "45.20.2.2";

function worldOf(t: ExecutionContext): { world: SimulatedWorld; ports: Ports; ruled: Ports } {
  const world = new SimulatedWorld({ seed: t.title });
  const ports = world.machine({ addresses: [home] }).ports("script");
  const ruled = ruledPorts(ports, makeRule({ allowTargets: [named] }));
  return { world, ports, ruled };
}

/** @returns How a dial ended, or that it was opened. */
function dialling({ sockets }: Pick<Ports, "sockets">, host: string): Promise<string> {
  return dialOver(sockets, host);
}

/** @returns Why the dial ended, or `opened`. */
function dialOver(dialer: PeerDialer, host: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  dialer.dial(
    { host, port: 6881 },
    {
      opened: () => resolve("opened"),
      bytes: () => {},
      closed: (_stream, reason = "end") => resolve(reason),
    },
    { timeoutMs: 5_000 },
  );
  return promise;
}

test("a dial to a public address is closed with a code and never leaves the machine", async (t) => {
  const { world, ruled } = worldOf(t);
  for (const address of [neighbour, stranger, named]) {
    const machine = world.machine({ addresses: [address] });
    const handlers = { bytes: () => {}, closed: () => {} };
    await machine.ports("peer").sockets.listen({ host: address, port: 6881 }, () => handlers);
  }
  t.is(await world.settle(dialling(ruled, neighbour)), "opened");
  t.is(await world.settle(dialling(ruled, named)), "opened");
  const before = world.trace.length;
  t.is(await world.settle(dialling(ruled, stranger)), "target-not-allowed");
  t.is(world.trace.length, before);
});

test("a dial over uTP to a public address ends with a code, and no datagram leaves the machine", async (t) => {
  const { world, ruled } = worldOf(t);
  const received: string[] = [];
  for (const address of [neighbour, stranger, named]) {
    const { datagrams } = world.machine({ addresses: [address] }).ports("peer");
    const handlers = { received: () => received.push(address) };
    await datagrams.bind({ host: address, port: 6881 }, handlers);
  }
  const utp = new UtpDialer(ruled);
  const ends = [neighbour, stranger, named].map((host) => dialOver(utp, host));
  t.deepEqual(await world.settle(Promise.all(ends)), [
    "dial-timeout",
    "target-not-allowed",
    "dial-timeout",
  ]);
  t.deepEqual([...new Set(received)].toSorted(), [neighbour, named]);
});

test("a refused dial calls back in a later turn, and its stream does nothing", async (t) => {
  const { world, ruled } = worldOf(t);
  const order: string[] = [];
  const handlers = { bytes: () => {}, closed: () => order.push("closed") };
  const to = { host: stranger, port: 6881 };
  const stream = ruled.sockets.dial(to, handlers, { timeoutMs: 1_000 });
  order.push("returned");
  t.true(stream.write(Uint8Array.of(1), () => order.push("written")));
  stream.end();
  stream.destroy();
  await world.run(10);
  t.deepEqual(order, ["returned", "written", "closed"]);
  t.deepEqual(stream.remote, to);
});

test("a connection from a public address is closed", async (t) => {
  const { world, ruled } = worldOf(t);
  const accepted: string[] = [];
  await ruled.sockets.listen({ host: home, port: 7_000 }, (stream) => {
    accepted.push(stream.remote.host);
    return { bytes: () => {}, closed: () => {} };
  });
  const ends: Promise<string>[] = [];
  for (const address of [neighbour, stranger]) {
    const { promise, resolve } = Promise.withResolvers<string>();
    const handlers = { bytes: () => {}, closed: () => resolve(address) };
    const { sockets } = world.machine({ addresses: [address] }).ports("peer");
    sockets.dial({ host: home, port: 7_000 }, handlers, { timeoutMs: 5_000 });
    ends.push(promise);
  }
  t.is(await world.settle(Promise.race(ends)), stranger);
  await world.run(1_000);
  t.deepEqual(accepted, [neighbour]);
});

test("a datagram to a public address is reported and not sent", async (t) => {
  const { world, ruled } = worldOf(t);
  const arrived: string[] = [];
  for (const address of [neighbour, stranger]) {
    const { datagrams } = world.machine({ addresses: [address] }).ports("node");
    await datagrams.bind({ host: address, port: 6881 }, { received: () => arrived.push(address) });
  }
  const refused: string[] = [];
  const socket = await ruled.datagrams.bind(
    { host: home, port: 0 },
    { received: () => {}, notSent: ({ host }, code) => refused.push(`${host} ${code}`) },
  );
  for (const host of [neighbour, stranger, "255.255.255.255", "239.192.152.143", neighbour]) {
    socket.send(Uint8Array.of(1), { host, port: 6881 });
  }
  await world.run(1_000);
  t.deepEqual(arrived, [neighbour, neighbour]);
  t.deepEqual(refused, [
    `${stranger} target-not-allowed`,
    "255.255.255.255 target-not-allowed",
    "239.192.152.143 target-not-allowed",
  ]);
});

test("a name is resolved to its allowed addresses alone", async (t) => {
  const { world, ruled } = worldOf(t);
  world.names.set("tracker.lan", stranger, neighbour);
  world.names.set("tracker.example", stranger);
  t.deepEqual(await world.settle(ruled.names.resolve("tracker.lan")), [neighbour]);
  const refused = ruled.names.resolve("tracker.example").catch(codeOf);
  t.is((await world.settle(refused)) as string, "target-not-allowed");
});

const options = { deadlineMs: 5_000, maxBodyBytes: 1_000 };

test("a private host that redirects to a public one is not followed, and the error says so", async (t) => {
  const { world, ruled } = worldOf(t);
  let asked = 0;
  world.http.serve(`http://${stranger}`, () => ({ body: `${++asked}` }));
  world.http.serve(`http://${neighbour}`, () => ({ redirect: `http://${stranger}/announce` }));
  const answer = ruled.http.get(`http://${neighbour}/announce`, options);
  const error = await world.settle(t.throwsAsync(answer, { code: "target-not-allowed" }));
  t.regex(error.message, /cannot send load to 45\.20\.1\.1/);
  t.is(asked, 0);
});

test("a request to an allowed host passes, one to a public host or name does not", async (t) => {
  const { world, ruled } = worldOf(t);
  world.names.set("tracker.example", stranger);
  world.http.serve(`http://${named}`, () => ({ body: "named" }));
  world.http.serve("http://tracker.example", () => ({ body: "public" }));
  const reply = await world.settle(ruled.http.get(`http://${named}/`, options));
  t.is(new TextDecoder().decode(reply.body), "named");
  const get = ruled.http.get("http://tracker.example/", options).catch(codeOf);
  t.is((await world.settle(get)) as string, "target-not-allowed");
  const post = { ...options, body: Uint8Array.of(1) };
  const sent = ruled.http.post("http://tracker.example/", post).catch(codeOf);
  t.is((await world.settle(sent)) as string, "target-not-allowed");
});

test("a client of many exchanges follows the rule too", async (t) => {
  const { world, ruled } = worldOf(t);
  world.http.serve(`http://${neighbour}`, () => ({ redirect: `http://${stranger}/` }));
  world.http.serve(`http://${stranger}`, () => ({ body: "public" }));
  const client = await ruled.http.openClient({ allow: "any", maxConnections: 1 });
  const { promise, resolve } = Promise.withResolvers<Error | undefined>();
  const request = { headDeadlineMs: 5_000, maxBodyBytes: 1_000 };
  client.open(`http://${neighbour}/`, request, {
    head: () => t.fail("an answer came"),
    bytes: () => {},
    closed: resolve,
  });
  t.is(codeOf(await world.settle(promise)), "http-redirect-refused");
});

test("a hostile group's ports reach no address that is only named", async (t) => {
  const { world, ports } = worldOf(t);
  const hostile = ruledPorts(ports, makeRule({ allowTargets: [named] }), "hostile");
  t.is(await world.settle(dialling(hostile, named)), "hostile-not-allowed");
});

test("--allow-target takes numeric addresses only", (t) => {
  t.deepEqual(makeRule({ allowTargets: ["::FFFF:1.2.3.4"] }).allowed, ["1.2.3.4"]);
  for (const text of ["tracker.example", "1.2.3.4:80", "1.2.3.0/24", "", "[::1]"]) {
    t.throws(() => makeRule({ allowTargets: [text] }), { code: "option-out-of-range" }, text);
  }
  const many = Array.from({ length: 101 }, () => "1.2.3.4");
  t.throws(() => makeRule({ allowTargets: many }), { code: "option-out-of-range" });
});
