import test from "ava";
import { nodePorts } from "../../src/index.ts";
import { DnsClient } from "../../src/dns/dns-client.ts";
import { SimulatedWorld } from "../../src/simulated/index.ts";
import { rejection } from "../support/rejection.ts";
import {
  ScriptedNameServer,
  type NameServerScript,
} from "../support/testing/scripted-name-server.ts";

const hosts = ["192.0.2.53", "192.0.2.54"];
const four = { family: 4, address: "192.0.2.7" } as const;

/** A client of two simulated name servers. */
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
  return { client, world, servers, ask };
}

const answering: NameServerScript = {
  udp: ({ name }) => ({ answers: [{ ...four, name }] }),
};
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
  const refusing: NameServerScript = { udp: () => ({ code: 5 }) };
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

test("64 look-ups are under way, 1,024 more wait, and a further one is refused", async (t) => {
  const { client, servers, world } = await scene(silent);
  const codes: string[] = [];
  for (let at = 0; at <= 64 + 1_024; at++)
    client.ask(`a${at}.example`, 4).catch(({ code }: { readonly code: string }) => {
      codes.push(code);
    });
  await world.run(1_000);
  t.deepEqual([codes, servers[0]?.asked.length], [["dns-busy"], 64]);
  await world.run(200_000);
  t.is(codes.filter((code) => code === "ETIMEOUT").length, 64 + 1_024);
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
