import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "ava";
import { temporaryFolder } from "../../../../../test/support/files/temporary-folder.ts";
import { KeptFiles } from "../../../src/automation/watch-folders/kept-files.ts";
import type { FileFacts } from "../../../src/automation/watch-folders/watched-file.ts";

const file: FileFacts = {
  ...{ name: "a.torrent", isRegular: true, sizeBytes: 10 },
  ...{ inode: "1", modifiedNs: "1", changedNs: "1" },
};

test("H01: files are known in the next run by inode, size and time, whatever their names are", async (t) => {
  using state = temporaryFolder("kept");
  const path = join(state.path, "kept.json");
  const first = KeptFiles.read(path, ["/one", "/two"]);
  await first.set("/one", [file]);
  const second = KeptFiles.read(path, ["/one", "/two"]);
  t.true(second.has("/one", { ...file, name: "b.torrent", changedNs: "7" }));
  for (const other of [{ inode: "2" }, { sizeBytes: 11 }, { modifiedNs: "2" }])
    t.false(second.has("/one", { ...file, ...other }));
  t.false(second.has("/two", file));
  t.false(KeptFiles.read(path, ["/two"]).has("/one", file));
});

test("a scan without changes writes nothing, and one without files forgets them", async (t) => {
  using state = temporaryFolder("kept");
  const path = join(state.path, "kept.json");
  const kept = KeptFiles.read(path, ["/one"]);
  await kept.set("/one", [file]);
  writeFileSync(path, "changed");
  await kept.set("/one", [{ ...file, name: "other.torrent" }]);
  t.is(readFileSync(path, "utf8"), "changed");
  await kept.set("/one", []);
  t.false(KeptFiles.read(path, ["/one"]).has("/one", file));
});

test("a file that cannot be used counts as none", (t) => {
  using state = temporaryFolder("kept");
  const path = join(state.path, "kept.json");
  for (const text of [
    "",
    "{",
    "null",
    '{"version":2,"folders":{"/one":["1 10 1"]}}',
    '{"version":1,"folders":{"/one":[1]}}',
  ]) {
    writeFileSync(path, text);
    t.false(KeptFiles.read(path, ["/one"]).has("/one", file), text);
  }
});
