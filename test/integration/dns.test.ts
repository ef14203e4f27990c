// The command asks the name server of --dns, at a port of its own.

import test from "ava";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { nodePorts } from "@troupe/actor-runtime";
import { ScriptedNameServer } from "@troupe/actor-runtime/testing";
import { firstDifference } from "../support/files/compare-files.ts";
import { torrentBytes } from "../support/files/torrent-file.ts";
import { Command, runCommand } from "../support/programs/command.ts";
import { quietWords } from "../support/swarm/quiet.ts";
import { Swarm } from "../support/swarm/swarm.ts";

/** Names that no other server knows, of a local network because they lead to this machine. */
const names = ["files.home.arpa", "http.home.arpa", "udp.home.arpa"] as const;

/** A name server that knows the names. Its replies with an address are too long for a datagram. */
async function startNameServer(): Promise<ScriptedNameServer> {
  return await ScriptedNameServer.listen(
    nodePorts(),
    { host: "127.0.0.1", port: 0 },
    {
      udp: ({ family, name }) => {
        if (!names.some((known) => known === name)) return { code: 3 };
        return family === 4 ? { isTruncated: true } : {};
      },
      tcp: ({ name }) => ({ answers: [{ name, family: 4, address: "127.0.0.1" }] }),
    },
  );
}

/** A web server with one file. */
async function serve(bytes: Uint8Array): Promise<{ readonly port: number } & Disposable> {
  const server = createServer((_, response) => void response.end(bytes));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.dispose]: () => void server.close() };
}

test.serial(
  "the servers of --dns are asked for the hosts of a .torrent's address, an HTTP and a UDP tracker",
  async (t) => {
    await using swarm = await Swarm.open({ pieceLengthBytes: 32 * 1024, files: 1 << 20 });
    const { port: trackerPort } = swarm.tracker;
    const trackers = [
      `http://http.home.arpa:${trackerPort}/announce`,
      `udp://udp.home.arpa:${trackerPort}/announce`,
    ];
    const seeder = await swarm.pacedSeeder();
    await swarm.announce(seeder.port);
    using files = await serve(torrentBytes(swarm.payload, trackers));
    const server = await startNameServer();
    try {
      const folder = swarm.folder("leecher").path;
      const url = `http://files.home.arpa:${files.port}/a.torrent`;
      const dns = ["--dns", `127.0.0.1:${server.address.port}`];
      const place = ["--dir", folder, "--port", "0", "--bind", "127.0.0.1", ...quietWords];
      const told = ["--announce", "all", "--seed", "--json-events", "tracker,complete", "--json"];
      using command = new Command([url, ...dns, ...place, ...told]);
      await command.event("complete");
      const answered = (): readonly unknown[] =>
        command.lines.filter(({ event, ok }) => event === "tracker" && ok === true);
      await command.until("both trackers", () => answered().length >= trackers.length);
      t.is(await firstDifference([swarm.payload.folder, folder], swarm.payload.paths), undefined);
      // Trackers are asked at the start and at completion.
      const asked = names.flatMap((name) => [`tcp A ${name}`, `udp A ${name}`, `udp AAAA ${name}`]);
      t.deepEqual([...new Set(server.asked)].toSorted(), asked.toSorted());
    } finally {
      server.close();
    }
  },
);

test.serial(
  "a name that the servers of --dns do not know fails, and no other is asked",
  async (t) => {
    const server = await startNameServer();
    try {
      const words = ["http://gone.example/a.torrent", "--dns", `127.0.0.1:${server.address.port}`];
      const { status, stderr } = await runCommand(["info", ...words]);
      t.is(status, 1);
      t.regex(stderr, /ENOTFOUND|no such host/);
      // An answer that is late is asked for again.
      const asked = [...new Set(server.asked)].toSorted();
      t.deepEqual(asked, ["udp A gone.example", "udp AAAA gone.example"]);
    } finally {
      server.close();
    }
  },
);

test.serial(
  "--dns with a name, or with an address of a family that is off, is refused or asks nothing",
  async (t) => {
    const named = await runCommand(["info", "http://a.example/a.torrent", "--dns", "dns.example"]);
    t.is(named.status, 2);
    t.regex(named.stderr, /--dns takes the numeric address of a name server, like 192/);
    const off = ["--family", "ipv4", "--dns", "2001:db8::53"];
    const { status, stderr } = await runCommand(["info", "http://a.example/a.torrent", ...off]);
    t.is(status, 1);
    t.regex(stderr, /no name server has an address of a family that is on/);
  },
);
