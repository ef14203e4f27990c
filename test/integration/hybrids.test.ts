// Connections of hybrids, which have a hash of each version (BEP 52, "Upgrade Path").

import { once } from "node:events";
import { connect } from "node:net";
import test from "ava";
import { Coordinator, type CoordinatorOptions } from "@troupe/coordinator";
import { decodeHandshake, encodeHandshake, ownReservedBits } from "@troupe/protocol/peer";
import { parseInfoHash } from "@troupe/protocol/units";
import { assertSameFiles } from "../support/clients/interop.ts";
import { madeTorrent } from "../support/hashes/made-torrent.ts";
import { agreedVersions } from "../support/swarm/agreed-versions.ts";
import { quiet } from "../support/swarm/quiet.ts";

const host = "127.0.0.1";
const local = { ...quiet, port: 0, bind: [host], host: "inline" } as const;
const pieceLengthBytes = 32_768;
const lengths = [3 * pieceLengthBytes + 5, 1, pieceLengthBytes];

async function seed(
  path: string,
  directory: string,
  kind: Pick<CoordinatorOptions, "encryption" | "transport"> = {},
): Promise<Coordinator> {
  const coordinator = await Coordinator.start({ ...local, ...kind, directory });
  await (
    await coordinator.add(path)
  ).completed;
  return coordinator;
}

/** @returns The name in the answer to a handshake, of 40 hexadecimal digits. */
async function answerTo(port: number, name: string, hasV2: boolean): Promise<string> {
  const socket = connect({ host, port });
  await once(socket, "connect");
  const peerId = new Uint8Array(20).fill(name.charCodeAt(0));
  const infoHash = parseInfoHash(name);
  socket.write(encodeHandshake({ infoHash, peerId, reserved: ownReservedBits({ hasV2 }) }));
  const answer: Buffer[] = [];
  for await (const chunk of socket) {
    answer.push(chunk as Buffer);
    if (Buffer.concat(answer).length >= 68) break;
  }
  socket.destroy();
  return decodeHandshake(new Uint8Array(Buffer.concat(answer).subarray(0, 68))).infoHash;
}

test.serial("A16: two engines meet by version 1 of a hybrid and speak version 2", async (t) => {
  using torrent = await madeTorrent("hybrid", lengths, { pieceLengthBytes });
  await using seeder = await seed(torrent.path, torrent.source);
  await using leecher = await Coordinator.start({ ...local, directory: torrent.target });
  const peers = [{ host, port: seeder.port }];
  await (
    await leecher.add(torrent.path, { peers })
  ).completed;
  await assertSameFiles(t, torrent.payload, torrent.target);
  t.like(await agreedVersions(leecher), { v1: 0, v2: 0, upgraded: 1 });
  t.like(await agreedVersions(seeder), { v1: 0, v2: 0, upgraded: 1 });
});

test.serial("A16: a peer that names a hybrid by either hash is answered", async (t) => {
  using torrent = await madeTorrent("hybrid", lengths, { pieceLengthBytes });
  await using seeder = await seed(torrent.path, torrent.source);
  const [v1 = "", v2 = ""] = torrent.names;
  t.is(await answerTo(seeder.port, v1, false), v1);
  t.is(await answerTo(seeder.port, v1, true), v2);
  t.is(await answerTo(seeder.port, v2, false), v2);
});

test.serial("A16: engines meet by version 2 of a torrent of that version alone", async (t) => {
  using torrent = await madeTorrent("v2", lengths, { pieceLengthBytes });
  await using seeder = await seed(torrent.path, torrent.source);
  await using leecher = await Coordinator.start({ ...local, directory: torrent.target });
  const peers = [{ host, port: seeder.port }];
  await (
    await leecher.add(torrent.path, { peers })
  ).completed;
  await assertSameFiles(t, torrent.payload, torrent.target);
  t.like(await agreedVersions(leecher), { v1: 0, v2: 1, upgraded: 0 });
});

for (const transport of ["tcp", "utp"] as const) {
  test.serial(`A16: an encrypted connection over ${transport} is upgraded`, async (t) => {
    using torrent = await madeTorrent("hybrid", lengths, { pieceLengthBytes });
    const kind = { transport, encryption: "require" } as const;
    await using seeder = await seed(torrent.path, torrent.source, kind);
    await using leecher = await Coordinator.start({
      ...{ ...local, ...kind },
      directory: torrent.target,
    });
    const peers = [{ host, port: seeder.port }];
    await (
      await leecher.add(torrent.path, { peers })
    ).completed;
    await assertSameFiles(t, torrent.payload, torrent.target);
    t.like(await agreedVersions(leecher), { v1: 0, v2: 0, upgraded: 1 });
  });
}

for (const hash of ["v1", "v2"] as const) {
  test.serial(`A16: a link with the hash of ${hash} alone completes from a hybrid`, async (t) => {
    using torrent = await madeTorrent("hybrid", lengths, { pieceLengthBytes });
    await using seeder = await seed(torrent.path, torrent.source);
    await using leecher = await Coordinator.start({ ...local, directory: torrent.target });
    const peers = [{ host, port: seeder.port }];
    await (
      await leecher.add(torrent.links[hash], { peers })
    ).completed;
    await assertSameFiles(t, torrent.payload, torrent.target);
    // The metadata shows the other hash: a connection that began by version 1 is made anew.
    const agreed = hash === "v1" ? { v1: 1, v2: 1 } : { v1: 0, v2: 1 };
    t.like(await agreedVersions(leecher), { ...agreed, upgraded: 0 });
  });
}
