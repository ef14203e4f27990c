// A download from libtorrent lies in a folder of its own until it is complete, and moves to another device while libtorrent
// loads from it.

import test from "ava";
import { assertSameFiles } from "../support/clients/interop.ts";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { filesBelow } from "../support/files/files-below.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { writeTorrentFile } from "../support/files/torrent-file.ts";
import { Relay } from "../support/swarm/relay.ts";
import { Swarm } from "../support/swarm/swarm.ts";

const pieceLengthBytes = 256 * 1024;
const shape = {
  pieceLengthBytes,
  files: ["a.bin", "b.bin", "c.bin"].map((name, index) => ({
    path: ["sub", name],
    lengthBytes: (8 + index) * 1024 * 1024 + 12_345,
  })),
};

/** A door before a client that lets some pieces pass. */
async function doorTo(swarm: Swarm, port: number): Promise<Relay> {
  const target = { host: "127.0.0.1", port };
  const relay = swarm.use(await Relay.open({ target, gated: "target" }));
  relay.allow(4 << 20);
  return relay;
}

const filesIn = (folder: string): readonly string[] =>
  filesBelow(folder).filter((path) => !path.startsWith(".troupe/"));

test("E10: a download of libtorrent's data ends in the final folder on another device, and seeds on", async (t) => {
  await using swarm = await Swarm.open(shape);
  const { payload } = swarm;
  const { path } = writeTorrentFile(payload);
  const seeder = swarm.use(await Libtorrent.seed({ torrent: path, folder: payload.folder }));
  const source = await doorTo(swarm, await seeder.port());
  const [part, data] = [temporaryFolder("part"), temporaryFolder("data", "/dev/shm")];
  swarm.use(part);
  swarm.use(data);
  const troupe = swarm.use(
    await Troupe.download({
      torrent: path,
      folder: data.path,
      arguments: [
        ...["--incomplete-dir", part.path, "--check-at-end", "--seed", "--no-trackers"],
        ...["--peer", `${source.host}:${source.port}`],
      ],
    }),
  );
  const { port } = await troupe.event("listening");
  await troupe.event("piece");
  t.deepEqual(filesIn(data.path), []);
  const folder = swarm.folder("leecher").path;
  const peer = await doorTo(swarm, Number(port));
  const leecher = swarm.use(await Libtorrent.leech({ torrent: path, folder, peer }));
  source.allow(Infinity);
  await troupe.event("complete");
  await peer.whenUsedUp();
  await troupe.event("moved", ({ directory }) => directory === data.path);
  t.deepEqual(filesIn(part.path), []);
  await assertSameFiles(t, payload, data.path);
  peer.allow(Infinity);
  await leecher.finished();
  await assertSameFiles(t, payload, folder);
  t.is(troupe.all("complete").length, 1);
  t.deepEqual(troupe.all("stopped"), []);
  t.is((await troupe.interrupt()).status, 130);
});
