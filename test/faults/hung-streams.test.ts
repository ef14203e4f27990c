// Streams of a service while the disk of one torrent hangs: those of the other torrent and the list go on.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { writePayload, type Payload } from "../support/files/payload.ts";
import { writeTorrentFile } from "../support/files/torrent-file.ts";
import { ServedProcess } from "../support/service/served-process.ts";
import { hangingBelow, hasTwoDevices } from "../support/swarm/two-disks.ts";

const mebibyte = 2 ** 20;
const streams = 16;
const onTwoDevices = hasTwoDevices() ? test.serial : test.serial.skip;

/** A payload in the folder that a torrent has. */
function payloadIn(folder: string, seed: number): Payload {
  return writePayload({
    ...{ folder, seed, name: `film-${seed}.mkv`, pieceLengthBytes: mebibyte },
    files: 4 * mebibyte,
  });
}

/** Begins a request. */
async function respond(
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const asked = request({ host: "127.0.0.1", port, path, headers, agent: false }, resolve);
  asked.on("error", reject);
  asked.end();
  return await promise;
}

async function bytesOf(response: AsyncIterable<Uint8Array>): Promise<number> {
  let bytes = 0;
  for await (const part of response) bytes += part.length;
  return bytes;
}

onTwoDevices("a hung disk holds up its own streams alone, and no list", async (t) => {
  const parents = [tmpdir(), "/dev/shm", "/dev/shm"];
  const folders = parents.map((parent) => mkdtempSync(join(parent, "hung-streams-")));
  t.teardown(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));
  const [hung = "", good = "", home = ""] = folders;
  const trigger = join(home, "hangs");
  const environment = await hangingBelow(hung, { kind: "hang-read", trigger });
  await using served = await ServedProcess.start({
    ...{ folder: home, environment },
    arguments: ["--root", hung, "--root", good],
  });
  const hashes: string[] = [];
  for (const [seed, folder] of [hung, good].entries()) {
    const { infoHash, path } = writeTorrentFile(payloadIn(folder, seed));
    hashes.push(infoHash);
    await served.call("add", path, "--dir", folder);
  }
  const token = await served.call("token", "create", "test", "--right", "read");
  const headers = { authorization: `Bearer ${token.trim()}` };
  const get = async (path: string) => await respond(served.port, path, headers);
  for (const hash of hashes) t.is(await bytesOf(await get(`/stream/${hash}/0`)), 4 * mebibyte);
  writeFileSync(trigger, "");
  const waiting = await Promise.all(
    Array.from({ length: streams }, async () => await get(`/stream/${hashes[0]}/0`)),
  );
  const got = waiting.map(async (response) => await bytesOf(response).catch(() => -1));
  t.true(waiting.every(({ statusCode }) => statusCode === 200));
  for (let count = 0; count < 5; count++) {
    t.is(await bytesOf(await get(`/stream/${hashes[1]}/0`)), 4 * mebibyte);
    t.is((await get("/api/v1/torrents")).resume().statusCode, 200);
  }
  rmSync(trigger);
  t.deepEqual(await Promise.all(got), Array(streams).fill(4 * mebibyte));
});
