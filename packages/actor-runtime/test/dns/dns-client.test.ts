import test from "ava";
import { nodePorts, type Datagrams } from "../../src/index.ts";
import { DnsClient } from "../../src/dns/dns-client.ts";
import { SimulatedWorld } from "../../src/simulated/index.ts";
import { dnsQuestionIn, dnsReply } from "@troupe/protocol/testing";
import { rejection } from "../support/rejection.ts";
import {
  ScriptedNameServer,
  type NameServerScript,
} from "../support/testing/scripted-name-server.ts";

const hosts = ["192.0.2.53", "192.0.2.54", "192.0.2.55", "192.0.2.56"];
const four = { family: 4, address: "192.0.2.7" } as const;

/** A client of simulated name servers. */
async function scene(...scripts: readonly NameServerScript[]) {
  const world = new SimulatedWorld({ seed: 1 });
  const ports = world.machine({ addresses: ["192.0.2.1"] }).ports("client");
  const servers: ScriptedNameServer[] = [];
  for (const [at, script] of scripts.entries()) {
    const host = hosts[at] ?? "";
    const machine = world.machine({ addresses: [host] }).ports("server");
    const listening = ScriptedNameServer.listen(machine, { host, port: 53 }, script);
    // oxlint-disable-next-line no-await-in-loop
    servers.push(await world.settle(listening));
  }
  const client = new DnsClient(
    ports,
    scripts.map((_, at) => ({ host: hosts[at] ?? "", port: 53 })),
  );
  const ask = (name: string, family: 4 | 6 = 4) => world.settle(client.ask(name, family), 20_000);
  return { client, ports, world, servers, ask };
}

const answering: NameServerScript = {
  udp: ({ name }) => ({ answers: [{ ...four, name }] }),
};
const refusing: NameServerScript = { udp: () => ({ code: 5 }) };
const silent: NameServerScript = { udp: () => undefined };

test("a name has the addresses that the first server answers", async (t) => {
  const { ask, servers } = await scene(answering, answering);
  t.deepEqual(await ask("tracker.example"), ["192.0.2.7"]);
  t.deepEqual(
    servers.map(({ asked }) => asked),
    [["udp A tracker.example"], []],
  );
});

test("a server that is silent or refuses is passed over; after three tries the look-up fails", async (t) => {
  for (const first of [silent, refusing]) {
    // oxlint-disable-next-line no-await-in-loop
    const { ask } = await scene(first, answering);
    // oxlint-disable-next-line no-await-in-loop
    t.deepEqual(await ask("tracker.example"), ["192.0.2.7"]);
  }
  for (const [script, code] of [
    [silent, "ETIMEOUT"],
    [refusing, "ESERVFAIL"],
  ] as const) {
    // oxlint-disable-next-line no-await-in-loop
    const { ask, servers } = await scene(script);
    // oxlint-disable-next-line no-await-in-loop
    t.is((await rejection(ask("tracker.example"))).code, code);
    t.is(servers[0]?.asked.length, 3);
  }
});

test("a name that is not there, or without the family, fails at once", async (t) => {
  const { ask: unknown, servers } = await scene({ udp: () => ({ code: 3 }) }, answering);
  t.is((await rejection(unknown("gone.example"))).code, "ENOTFOUND");
  t.deepEqual(servers[1]?.asked, []);
  const { ask: without } = await scene({ udp: () => ({}) });
  t.is((await rejection(without("tracker.example", 6))).code, "ENODATA");
  t.is((await rejection(without("b\u00fccher.example"))).code, "EBADNAME");
});

test("a reply that is too long for a datagram comes over TCP", async (t) => {
  const { ask, servers } = await scene({
    udp: () => ({ isTruncated: true }),
    tcp: ({ name }) => ({ answers: [{ ...four, name }] }),
  });
  t.deepEqual(await ask("tracker.example"), ["192.0.2.7"]);
  t.deepEqual(servers[0]?.asked, ["udp A tracker.example", "tcp A tracker.example"]);
});

test("each of many servers is asked once before the look-up fails", async (t) => {
  const { ask, servers } = await scene(refusing, refusing, refusing, answering);
  t.deepEqual(await ask("tracker.example"), ["192.0.2.7"]);
  t.deepEqual(
    servers.map(({ asked }) => asked.length),
    [1, 1, 1, 1],
  );
});

test("a server of a family for which no socket opens is passed over", async (t) => {
  const { ports, servers, world } = await scene(answering);
  const six = { host: "2001:db8::53", port: 53 };
  const [own = six] = servers.map(({ address }) => address);
  const client = new DnsClient(ports, [six, own]);
  t.deepEqual(await world.settle(client.ask("tracker.example", 4)), ["192.0.2.7"]);
  const alone = new DnsClient(ports, [six]).ask("tracker.example", 4);
  t.is((await rejection(world.settle(alone))).code, "EAFNOSUPPORT");
});

test("without a server a look-up fails", async (t) => {
  const { client } = await scene();
  t.is((await rejection(client.ask("tracker.example", 4))).code, "EAFNOSUPPORT");
});

test("a link-local server answers from its address without the zone", async (t) => {
  const { ports, world } = await scene();
  const datagrams: Datagrams = {
    bind: async (at, { received }) => ({
      address: at,
      close: () => undefined,
      send(bytes) {
        const question = dnsQuestionIn(bytes);
        const reply = dnsReply(question, { answers: [{ ...four, name: question.name }] });
        received(reply, { host: "fe80::1", port: 53 });
      },
    }),
  };
  const client = new DnsClient({ ...ports, datagrams }, [{ host: "fe80::1%eth0", port: 53 }]);
  t.deepEqual(await world.settle(client.ask("tracker.example", 4)), ["192.0.2.7"]);
});

test("64 look-ups are under way, 1,024 more wait, and a further one is refused; none is asked after 5 s", async (t) => {
  const { client, servers, world } = await scene(silent);
  const codes: string[] = [];
  for (let at = 0; at <= 64 + 1_024; at++)
    client.ask(`a${at}.example`, 4).catch(({ code }: { readonly code: string }) => {
      codes.push(code);
    });
  await world.run(1_000);
  t.deepEqual([codes, servers[0]?.asked.length], [["dns-busy"], 64]);
  await world.run(4_100);
  t.is(codes.filter((code) => code === "ETIMEOUT").length, 64 + 1_024);
  t.is(servers[0]?.asked.length, 3 * 64 + 64);
});

test("a real name server is asked over real sockets, over TCP too", async (t) => {
  const ports = nodePorts();
  for (const host of ["127.0.0.1", "::1"]) {
    // oxlint-disable-next-line no-await-in-loop
    const server = await ScriptedNameServer.listen(
      ports,
      { host, port: 0 },
      {
        udp: () => ({ isTruncated: true }),
        tcp: ({ name }) => ({ answers: [{ ...four, name }] }),
      },
    );
    const client = new DnsClient(ports, [server.address]);
    // oxlint-disable-next-line no-await-in-loop
    t.deepEqual(await client.ask("tracker.example", 4), ["192.0.2.7"]);
    server.close();
  }
});
