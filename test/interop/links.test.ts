// A torrent with a symbolic link (BEP 47) that libtorrent has made: checked, seeded and downloaded beside libtorrent.

import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { Libtorrent } from "../support/clients/libtorrent.ts";
import { Troupe } from "../support/clients/troupe.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { runProcess } from "../support/programs/process.ts";

const command = fileURLToPath(new URL("../../packages/cli/bin/troupe.mjs", import.meta.url));
const content = Buffer.alloc(300_000, "linked ");
const makeTorrent = `
import libtorrent as lt, os, sys
folder, path = sys.argv[1:]
v1_only = 64
flags = lt.create_torrent_flags_t.symlinks | v1_only
files = lt.file_storage()
lt.add_files(files, os.path.join(folder, "payload"), lambda name: True, flags)
torrent = lt.create_torrent(files, 16384, flags)
lt.set_piece_hashes(torrent, folder)
open(path, "wb").write(lt.bencode(torrent.generate()))
`;

test.serial("a link in a torrent of libtorrent fails no check, seed or download", async (t) => {
  await using stack = new AsyncDisposableStack();
  const [source, theirs, ours] = ["source", "theirs", "ours"].map(
    (name) => stack.use(temporaryFolder(`links-${name}`)).path,
  ) as [string, string, string];
  const torrent = join(source, "payload.torrent");
  mkdirSync(join(source, "payload"));
  writeFileSync(join(source, "payload", "file.bin"), content);
  symlinkSync("file.bin", join(source, "payload", "link.bin"));
  await runProcess(["/usr/bin/python3", "-c", makeTorrent, source, torrent], {
    debianPackage: "python3-libtorrent",
  });
  t.true(readFileSync(torrent).includes("symlink path"), "libtorrent kept the link");
  const check = (folder: string) =>
    runProcess([process.execPath, command, "check", torrent, "--dir", folder]);

  await check(source);
  {
    await using seeder = await Troupe.seed({ torrent, folder: source });
    const { port } = await seeder.event("listening");
    const peer = { host: "127.0.0.1", port: Number(port) };
    await using leech = await Libtorrent.leech({ torrent, folder: theirs, peer });
    await leech.finished();
  }
  await check(theirs);
  await using seeder = await Libtorrent.seed({ torrent, folder: theirs });
  const words = ["--peer", `127.0.0.1:${await seeder.port()}`];
  await using download = await Troupe.download({ torrent, folder: ours, arguments: words });
  await download.finished();
  await check(ours);
  t.deepEqual(readFileSync(join(ours, "payload", "file.bin")), content);
  const link = lstatSync(join(ours, "payload", "link.bin"));
  t.deepEqual([link.isFile(), link.size], [true, 0], "an empty file stands for the link");

  const linked = stack.use(temporaryFolder("links-linked")).path;
  await using withLinks = await Troupe.download({
    torrent,
    folder: linked,
    arguments: [...words, "--symlinks"],
  });
  await withLinks.finished();
  await check(linked);
  t.is(readlinkSync(join(linked, "payload", "link.bin")), "file.bin");
  t.deepEqual(readFileSync(join(linked, "payload", "link.bin")), content);
});
