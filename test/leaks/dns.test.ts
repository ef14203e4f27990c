// Questions to name servers, counted by the kernel: with `dns` no other server is asked.

import test from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import { startNameServer } from "../support/clients/name-server.ts";
import { hostPorts, SwarmHost } from "../support/clients/swarm-host.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writePayload } from "../support/files/payload.ts";
import { Network } from "../support/network.ts";

const shape = { name: "payload", pieceLengthBytes: 65_536, files: 1 << 20 };

test.serial(
  "a download asks the name servers of --dns alone, over TCP where a reply is long",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const [source, target] = ["source", "target"].map((each) => stack.use(temporaryFolder(each)));
    if (source === undefined || target === undefined) throw new Error("bug: two folders");
    const payload = writePayload({ folder: source.path, ...shape });
    const network = stack.use(await Network.of(2));
    const [ours, theirs] = network.clients;
    if (ours === undefined || theirs === undefined) throw new Error("bug: two machines");
    const host = stack.use(await SwarmHost.start(theirs, payload));
    const names = { "swarm.example": theirs.ip4, "t-swarm.example": theirs.ip4 };
    const server = stack.use(await startNameServer(theirs, names));
    const countElsewhere = await ours.countSent([
      `ip daddr != ${theirs.ip4} udp dport 53`,
      "meta nfproto ipv6 udp dport 53",
    ]);
    const trackers = Object.keys(names).map(
      (name) => `http://${name}:${hostPorts.tracker}/announce`,
    );
    const download = stack.use(
      await Troupe.download({
        ...{ torrent: host.torrent.path, folder: target.path, within: ours.within },
        arguments: [
          ...["--dns", theirs.ip4, "--announce", "all", "--seed"],
          ...["--json-events", "tracker,complete"],
          ...trackers.flatMap((url) => ["--tracker", url]),
        ],
      }),
    );
    for (const tracker of trackers)
      await download.event("tracker", ({ ok, url }) => ok === true && url === tracker);
    await download.event("complete");
    await assertSameFiles(t, payload, target.path);
    t.true(server.lines.includes("udp swarm.example"));
    t.true(server.lines.includes("tcp t-swarm.example"));
    t.false(server.lines.includes("tcp swarm.example"));
    t.deepEqual(await countElsewhere(), [0, 0]);
  },
);
