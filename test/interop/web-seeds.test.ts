// Downloads from nginx (BEP 19): alone, beside libtorrent, and of libtorrent from a torrent that names web seeds.

import test from "ava";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeTorrent } from "@troupe/protocol/metainfo";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Nginx } from "../support/clients/nginx.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { torrentBytes } from "../support/files/torrent-file.ts";
import { writePayload, type Payload } from "../support/files/payload.ts";
import { helloBytes, Relay } from "../support/swarm/relay.ts";
import { isLong } from "../support/lanes.ts";

const mebibyte = 1 << 20;
/** Files of 6.4 MiB and some bytes: no file begins with a piece. */
const files = Array.from({ length: isLong ? 20 : 4 }, (_, at) => ({
  path: [`folder ${at % 3}`, `file #${at}.bin`],
  lengthBytes: Math.floor(6.4 * mebibyte) + 1_001 * at,
}));

/** Files of a server without ranges: pieces across small files, and a file that does not fit into memory bounds. */
const unevenFiles = [900_000, 700_000, 300_000, 40_000_000].map((lengthBytes, at) => ({
  path: [`file ${at}.bin`],
  lengthBytes,
}));

interface Served {
  readonly files?: typeof files;
  readonly hasRanges?: boolean;
}

/** A payload in a folder, nginx before it, and an empty folder. */
async function prepare(
  stack: AsyncDisposableStack,
  { files: served = files, hasRanges }: Served = {},
) {
  const source = stack.use(temporaryFolder("web-seed-source"));
  const target = stack.use(temporaryFolder("web-seed-target")).path;
  const plan = {
    folder: source.path,
    name: "payload",
    pieceLengthBytes: 256 * 1024,
    files: served,
  };
  const payload = writePayload(plan);
  const nginx = stack.use(await Nginx.start(source.path, { hasRanges }));
  const torrent = join(source.path, "payload.torrent");
  writeFileSync(torrent, torrentBytes(payload));
  return { payload, nginx, torrent, target, source: source.path };
}

test.serial("files of 6.4 MiB come from nginx alone, in long ranges, each byte once", async (t) => {
  await using stack = new AsyncDisposableStack();
  const { payload, nginx, torrent, target } = await prepare(stack);
  const words = ["--web-seed", nginx.url, "--no-trackers"];
  await using download = await Troupe.download({ torrent, folder: target, arguments: words });
  await download.finished();

  await assertSameFiles(t, payload, target);
  const requests = nginx.requests();
  const sentBytes = requests.reduce((sum, { bytes }) => sum + bytes, 0);
  t.true(requests.every(({ status }) => status === 206));
  t.true(sentBytes >= payload.totalBytes && sentBytes < 1.01 * payload.totalBytes, `${sentBytes}`);
  t.true(sentBytes / requests.length >= mebibyte, `${requests.length} requests`);
});

test.serial("nginx and libtorrent give the files of 6.4 MiB together", async (t) => {
  await using stack = new AsyncDisposableStack();
  const { payload, nginx, torrent, target, source } = await prepare(stack);
  await using seeder = await Libtorrent.seed({ torrent, folder: source });
  const doors = [await seeder.port(), Number(new URL(nginx.url).port)].map((port) =>
    Relay.open({ target: { host: "127.0.0.1", port }, gated: "target" }),
  );
  const [peer, server] = await Promise.all(doors);
  if (peer === undefined || server === undefined) throw new Error("bug: two doors");
  stack.use(peer);
  stack.use(server);
  const sources = ["--web-seed", `http://${server.host}:${server.port}/`];
  const words = [...sources, "--peer", `${peer.host}:${peer.port}`, "--no-trackers"];
  await using download = await Troupe.download({ torrent, folder: target, arguments: words });
  peer.allow(helloBytes);
  // Each gives a part before the other may give the rest.
  for (const door of [server, peer]) {
    door.allow(4 * mebibyte);
    // oxlint-disable-next-line no-await-in-loop
    await door.whenUsedUp();
  }
  for (const door of [server, peer]) door.allow(Infinity);
  await download.finished();

  await assertSameFiles(t, payload, target);
  const sentBytes = nginx.requests().reduce((sum, { bytes }) => sum + bytes, 0);
  const { uploaded } = await seeder.figures();
  t.true(sentBytes > 0 && uploaded > 0, `${sentBytes} from nginx, ${uploaded} from libtorrent`);
});

test.serial("nginx without ranges gives each file once, alone", async (t) => {
  await using stack = new AsyncDisposableStack();
  const served = { files: unevenFiles, hasRanges: false };
  const { payload, nginx, torrent, target } = await prepare(stack, served);
  const words = ["--web-seed", nginx.url, "--no-trackers"];
  await using download = await Troupe.download({ torrent, folder: target, arguments: words });
  await download.finished();

  await assertSameFiles(t, payload, target);
  const whole = nginx.requests().filter(({ bytes }) => bytes > 0);
  t.deepEqual(
    whole.map(({ status, bytes }) => [status, bytes]).toSorted(([, a = 0], [, b = 0]) => a - b),
    unevenFiles
      .map(({ lengthBytes }) => [200, lengthBytes])
      .toSorted(([, a = 0], [, b = 0]) => a - b),
  );
});

test.serial("nginx without ranges and libtorrent give the files together", async (t) => {
  await using stack = new AsyncDisposableStack();
  const served = { files: unevenFiles, hasRanges: false };
  const { payload, nginx, torrent, target, source } = await prepare(stack, served);
  await using seeder = await Libtorrent.seed({ torrent, folder: source });
  const peer = `127.0.0.1:${await seeder.port()}`;
  const words = ["--web-seed", nginx.url, "--peer", peer, "--no-trackers"];
  await using download = await Troupe.download({ torrent, folder: target, arguments: words });
  await download.finished();

  await assertSameFiles(t, payload, target);
  // 499: the request was ended because libtorrent had given the rest of the file.
  const statuses = new Set(nginx.requests().map(({ status }) => status));
  t.deepEqual(
    [...statuses].filter((status) => status !== 200 && status !== 499),
    [],
  );
});

test.serial(
  "libtorrent reads the web seeds of a torrent of ours and finds the files at the same URLs",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const { payload, nginx, torrent, target } = await prepare(stack);
    writeFileSync(torrent, encodeTorrent({ ...described(payload), webSeeds: [nginx.url] }));
    await using leech = await Libtorrent.leech({ torrent, folder: target });
    await leech.finished();

    await assertSameFiles(t, payload, target);
    t.true(nginx.requests().every(({ status }) => status === 206));
  },
);

function described({ name, pieceLengthBytes, pieceHashes }: Payload) {
  return { name, pieceLengthBytes, pieceHashes, files };
}
