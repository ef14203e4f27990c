// A tracker that names 10,000 ports of one host, and ports of its whole network, to our command: what reaches the network.

import test from "ava";
import { addressKey } from "@troupe/protocol/address";
import { Network, type NetworkClient } from "../support/network.ts";
import { startProcess } from "../support/programs/process.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { Troupe } from "../support/clients/troupe.ts";

const port = 8_080;
/** The counts are read at the next announce, before the 65 s of the bounds are over. */
const intervalSeconds = 50;

/** Names all ports from 1 to 10,000 of one host, and twenty ports of 253 others of its /24; writes a line an announce. */
const tracker = `
const [port, interval, network] = process.argv.slice(1);
const peer = (last, at) => Buffer.from([...network.split(".").map(Number), last, at >> 8, at & 255]);
const peers = [
  ...Array.from({ length: 10_000 - 253 * 20 }, (_, n) => peer(1, 1 + n)),
  ...Array.from({ length: 253 * 20 }, (_, n) => peer(2 + (n % 253), 2_000 + Math.floor(n / 253))),
];
const compact = Buffer.concat(peers);
const head = "d8:intervali" + interval + "e12:min intervali" + interval + "e5:peers" + compact.length + ":";
require("node:http").createServer((request, response) => {
  console.log("announce");
  response.end(Buffer.concat([Buffer.from(head), compact, Buffer.from("e")]));
}).listen(Number(port), () => console.log("up"));
`;

interface Dials {
  /** Connections that began, by host; a SYN that the kernel repeats belongs to the same one. */
  readonly byHost: ReadonlyMap<string, number>;
  /** First packets of connections, repeated ones too, to the victim and to its whole network. */
  readonly syns: { readonly victim: number; readonly network: number };
}

/** Counts from now on what this machine dials in a /24. */
async function countDials(client: NetworkClient, network: string): Promise<() => Promise<Dials>> {
  const syn = `ip daddr ${network}.0/24 tcp flags & (syn | ack) == syn`;
  await client.run(
    "nft",
    `table inet dials {
       set connections { type ipv4_addr . inet_service . inet_service; size 65535; flags dynamic; }
       counter network { }
       counter victim { }
       chain out {
         type filter hook output priority 0;
         ${syn} counter name network
         ${syn} ip daddr ${network}.1 counter name victim
         ${syn} add @connections { ip daddr . tcp sport . tcp dport }
       }
     }`,
  );
  return async () => {
    const set = (await client.run("nft", "list", "set", "inet", "dials", "connections")).join("\n");
    const byHost = new Map<string, number>();
    for (const [, host = ""] of set.matchAll(/(\d+\.\d+\.\d+\.\d+) \. \d+ \. \d+/g))
      byHost.set(host, (byHost.get(host) ?? 0) + 1);
    const [ofNetwork = 0, ofVictim = 0] = await Promise.all(
      ["network", "victim"].map(async (name) => {
        const lines = await client.run("nft", "list", "counter", "inet", "dials", name);
        return Number(/packets (\d+)/.exec(lines.join("\n"))?.[1]);
      }),
    );
    return { byHost, syns: { victim: ofVictim, network: ofNetwork } };
  };
}

/** A minute of a download whose tracker lies. */
async function minuteOf(prepare: (victim: NetworkClient) => Promise<void>): Promise<Dials> {
  await using network = await Network.of(3);
  const [client, victim, server] = network.clients;
  if (client === undefined || victim === undefined || server === undefined)
    throw new Error("bug: a network of three machines has fewer");
  const attacked = victim.ip4.split(".").slice(0, 3).join(".");
  await victim.run("ip", "route", "add", "local", `${attacked}.0/24`, "dev", "lo");
  await prepare(victim);
  await using program = await startProcess([
    ...server.within,
    process.execPath,
    "-e",
    tracker,
    String(port),
    String(intervalSeconds),
    attacked,
  ]);
  await program.lineWhere("the tracker", (line) => line === "up" || undefined);
  const readDials = await countDials(client, attacked);
  using folder = temporaryFolder("tracker-flood");
  const announce = encodeURIComponent(`http://${addressKey(server.ip4, port)}/announce`);
  await using download = await Troupe.download({
    torrent: `magnet:?xt=urn:btih:${"5a".repeat(20)}&tr=${announce}`,
    folder: folder.path,
    within: client.within,
  });
  const announces = (count: number) => () =>
    program.lines.filter((line) => line === "announce").length >= count || undefined;
  await program.lineWhere("an announce", announces(1));
  await program.lineWhere("the announce after a minute", announces(2));
  const dials = await readDials();
  await download.interrupt();
  return dials;
}

function total({ byHost }: Dials): number {
  return [...byHost.values()].reduce((sum, count) => sum + count, 0);
}

test.serial(
  "at a host that refuses, whose thousands of ports a tracker names, 8 SYNs arrive in a minute, 60 in its /24",
  async (t) => {
    const dials = await minuteOf(async () => {});
    const { network, victim } = dials.syns;
    t.log(`${victim} SYNs to the host, ${network} into its /24, to ${dials.byHost.size} hosts`);
    t.true(victim <= 8, `${victim} SYNs`);
    t.true(network <= 60, `${network} SYNs`);
    t.true(victim >= 4);
    t.is(total(dials), network);
  },
);

test.serial(
  "at a silent host, whose thousands of ports a tracker names, as many connections begin, whatever the kernel repeats",
  async (t) => {
    const dials = await minuteOf((victim) => victim.drop());
    const { network, victim } = dials.syns;
    const connections = dials.byHost.get("45.10.2.1") ?? 0;
    t.log(
      `${connections} connections to the host (${victim} SYNs), ${total(dials)} into its /24 (${network} SYNs)`,
    );
    t.true(connections <= 8, `${connections} connections`);
    t.true(total(dials) <= 60, `${total(dials)} connections`);
    t.true(connections >= 4);
  },
);
