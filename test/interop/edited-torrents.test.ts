// Torrents of libtorrent that `troupe edit` has changed, read by libtorrent.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { runCommand } from "../support/programs/command.ts";
import { runProcess } from "../support/programs/process.ts";

const makeTorrents = `
import libtorrent as lt, os, sys
folder = sys.argv[1]
for name, flags in (("v1", 64), ("v2", 32), ("hybrid", 0)):
    for source in ("folder", "single.bin"):
        files = lt.file_storage()
        lt.add_files(files, os.path.join(folder, source))
        torrent = lt.create_torrent(files, 16384, flags)
        torrent.add_tracker("http://old.example/announce")
        lt.set_piece_hashes(torrent, folder)
        path = os.path.join(folder, name + "-" + source + ".torrent")
        open(path, "wb").write(lt.bencode(torrent.generate()))
`;
const describe = `
import json, libtorrent as lt, sys
def shown(path):
    ti = lt.torrent_info(path)
    hashes = ti.info_hashes()
    return {
        "hashes": [str(hashes.v1), str(hashes.v2)],
        "trackers": sorted([t.tier, t.url] for t in ti.trackers()),
        "seeds": [s["url"] for s in ti.web_seeds()],
        "comment": ti.comment(),
        "name": ti.name(),
        "private": ti.priv(),
        "path": ti.files().file_path(0),
        "valid": ti.is_valid(),
    }
json.dump([shown(path) for path in sys.argv[2:]], open(sys.argv[1], "w"))
`;

interface Shown {
  readonly hashes: readonly string[];
  readonly trackers: readonly (readonly [number, string])[];
  readonly seeds: readonly string[];
  readonly comment: string;
  readonly name: string;
  readonly private: boolean;
  readonly path: string;
  readonly valid: boolean;
}

const debianPackage = "python3-libtorrent";

async function shownBy(folder: string, paths: readonly string[]): Promise<readonly Shown[]> {
  const result = join(folder, "shown.json");
  await runProcess(["/usr/bin/python3", "-c", describe, result, ...paths], { debianPackage });
  return JSON.parse(readFileSync(result, "utf8")) as Shown[];
}

test.serial(
  "libtorrent reads what was changed in its torrents of each version, and the hash is the same without --new-hash",
  async (t) => {
    using folder = temporaryFolder("edited");
    mkdirSync(join(folder.path, "folder"));
    writeFileSync(join(folder.path, "folder", "a"), Buffer.alloc(40_000, "a"));
    writeFileSync(join(folder.path, "folder", "b"), Buffer.alloc(100, "b"));
    writeFileSync(join(folder.path, "single.bin"), Buffer.alloc(70_000, "c"));
    await runProcess(["/usr/bin/python3", "-c", makeTorrents, folder.path], { debianPackage });
    const paths = ["v1", "v2", "hybrid"].flatMap((version) =>
      ["folder", "single.bin"].map((name) => join(folder.path, `${version}-${name}.torrent`)),
    );
    const before = await shownBy(folder.path, paths);

    const outside = await runCommand([
      "edit",
      ...paths,
      ...["--remove-tracker", "http://old.example/announce"],
      ...[
        "--add-tracker",
        "http://a.example/x,udp://b.example:80/",
        "--add-tracker",
        "http://c.example/x",
      ],
      ...["--web-seed", "http://w.example/", "--comment", "changed"],
    ]);
    t.is(outside.status, 0, outside.stderr);
    for (const [at, shown] of (await shownBy(folder.path, paths)).entries()) {
      t.deepEqual(shown.hashes, before[at]?.hashes);
      t.deepEqual(shown.trackers, [
        [0, "http://a.example/x"],
        [0, "udp://b.example:80/"],
        [1, "http://c.example/x"],
      ]);
      t.deepEqual(
        [shown.seeds, shown.comment, shown.valid],
        [["http://w.example/"], "changed", true],
      );
    }

    const inside = await runCommand([
      "edit",
      ...paths,
      "--name",
      "other",
      "--private",
      "--new-hash",
    ]);
    t.is(inside.status, 0, inside.stderr);
    for (const [at, shown] of (await shownBy(folder.path, paths)).entries()) {
      const path = before[at]?.path.replace(/^(?:folder|single\.bin)/, "other");
      t.deepEqual(
        [shown.name, shown.path, shown.private, shown.valid],
        ["other", path, true, true],
      );
      t.notDeepEqual(shown.hashes, before[at]?.hashes);
    }
  },
);
