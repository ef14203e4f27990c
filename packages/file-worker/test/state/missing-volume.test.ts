import test from "ava";
import { missingVolumeRefusal } from "../../src/state/missing-volume.ts";
import { absentFacts, setFacts } from "../../src/state/file-facts.ts";
import { MemoryDisk } from "../support/memory-disk.ts";

const times = { mtimeNs: 1n, ctimeNs: 1n };
const file = {
  kind: "file",
  lengthBytes: 5,
  inode: 7n,
  ...times,
  linkCount: 1,
  mode: 0o644,
} as const;

/** A job of two files of which the first was there on this device; `isThere` now. */
function refusalOf({ device = 9n, had = 0x80, isThere = false, hasRoot = true, entries = 0 }) {
  const [files, facts] = [absentFacts(2), absentFacts(2)];
  setFacts(files, 0, { ...file, device });
  if (isThere) setFacts(facts, 1, { ...file, device: 1n });
  const storage = {
    folders: { root: "/data" },
    facts,
    partFile: { entries: { size: entries } },
  };
  const record = { had: Uint8Array.of(had), files };
  return missingVolumeRefusal(new MemoryDisk(hasRoot ? ["/data"] : []), storage, record);
}

test("F26: files that are missing from a folder on another volume are away, and no file is made there", (t) => {
  t.like(refusalOf({}), { refused: "ENOENT", path: "/data" });
});

test("F26: files that are missing with their folder are away", (t) => {
  t.like(refusalOf({ hasRoot: false }), { refused: "ENOENT", path: "/data" });
});

test("files that were removed from their folder are fetched again", (t) => {
  const { device = 0n } = new MemoryDisk().stat("/data") ?? {};
  t.is(refusalOf({ device }), undefined);
});

test("no volume is away if a file exists, or no piece was had", (t) => {
  t.is(refusalOf({ isThere: true }), undefined);
  t.is(refusalOf({ entries: 1 }), undefined);
  t.is(refusalOf({ had: 0 }), undefined);
});
