// Downloads from nginx (BEP 19): alone, beside libtorrent, and of libtorrent from a torrent that names web seeds.

import test from "ava";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { encodeTorrent } from "@troupe/protocol";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Nginx } from "../support/clients/nginx.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { assertSameFiles } from "../support/clients/interop.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { torrentBytes } from "../support/files/torrent-file.ts";
import { writePayload, type Payload } from "../support/files/payload.ts";

const mebibyte = 1 << 20;
/** 20 files of 6.4 MiB and some bytes: no file begins with a piece. */
const files = Array.from({ length: 20 }, (_, at) => ({
  path: [`folder ${at % 3}`, `file #${at}.bin`],
  lengthBytes: Math.floor(6.4 * mebibyte) + 1_001 * at,
}));

/** A payload in a folder, nginx before it, and an empty folder. */
async function prepare(stack: AsyncDisposableStack) {
  const source = stack.use(temporaryFolder("web-seed-source"));
  const target = stack.use(temporaryFolder("web-seed-target")).path;
  const plan = { folder: source.path, name: "payload", pieceLengthBytes: 256 * 1024, files };
  const payload = writePayload(plan);
  const nginx = stack.use(await Nginx.start(source.path));
  const torrent = join(source.path, "payload.torrent");
  writeFileSync(torrent, torrentBytes(payload));
  return { payload, nginx, torrent, target, source: source.path };
}

test.serial(
  "128 MiB in 20 files come from nginx alone, in long ranges, each byte once",
  async (t) => {
    await using stack = new AsyncDisposableStack();
    const { payload, nginx, torrent, target } = await prepare(stack);
    const words = ["--web-seed", nginx.url, "--no-trackers"];
    await using download = await Troupe.download({ torrent, folder: target, arguments: words });
    await download.finished();

    await assertSameFiles(t, payload, target);
    const requests = nginx.requests();
    const sentBytes = requests.reduce((sum, { bytes }) => sum + bytes, 0);
    t.true(requests.every(({ status }) => status === 206));
    t.true(
      sentBytes >= payload.totalBytes && sentBytes < 1.01 * payload.totalBytes,
      `${sentBytes}`,
    );
    t.true(sentBytes / requests.length >= mebibyte, `${requests.length} requests`);
  },
);

test.serial("nginx and libtorrent give 128 MiB together", async (t) => {
  await using stack = new AsyncDisposableStack();
  const { payload, nginx, torrent, target, source } = await prepare(stack);
  await using seeder = await Libtorrent.seed({ torrent, folder: source });
  const peer = `127.0.0.1:${await seeder.port()}`;
  const words = ["--web-seed", nginx.url, "--peer", peer, "--no-trackers"];
  await using download = await Troupe.download({ torrent, folder: target, arguments: words });
  await download.finished();

  await assertSameFiles(t, payload, target);
  const sentBytes = nginx.requests().reduce((sum, { bytes }) => sum + bytes, 0);
  const { uploaded } = await seeder.figures();
  t.true(sentBytes > 0 && uploaded > 0, `${sentBytes} from nginx, ${uploaded} from libtorrent`);
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
