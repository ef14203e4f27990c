import fc from "fast-check";
import test from "ava";
import {
  isSame,
  settle,
  type FileFacts,
  type WatchedFile,
} from "../../../src/automation/watch-folders/watched-file.ts";

const file: FileFacts = {
  ...{ name: "a.torrent", isRegular: true, sizeBytes: 10 },
  ...{ inode: "1", modifiedNs: "1", changedNs: "1" },
};
const notKept = (): boolean => false;

/** Names that are due at each of the scans that follow each other. */
function dueAt(
  scans: readonly (readonly FileFacts[])[],
  isKept: (facts: FileFacts) => boolean = notKept,
) {
  let files: ReadonlyMap<string, WatchedFile> = new Map();
  return scans.map((scan) => {
    const settled = settle(files, scan, isKept, 0);
    files = settled.files;
    return settled.due.map(({ name }) => name);
  });
}

test("H01: a file is due when two scans agree", (t) => {
  t.deepEqual(dueAt([[file], [file]]), [[], ["a.torrent"]]);
  const grown = { ...file, sizeBytes: 20 };
  t.deepEqual(dueAt([[file], [grown], [grown]]), [[], [], ["a.torrent"]]);
});

test("a file that is replaced between two scans is not due, whatever its size and time are", (t) => {
  for (const other of [{ inode: "2" }, { modifiedNs: "2" }, { changedNs: "2" }, { sizeBytes: 9 }])
    t.deepEqual(dueAt([[file], [{ ...file, ...other }]]), [[], []]);
  t.deepEqual(dueAt([[file], [], [file]]), [[], [], []]);
});

test("an empty file is still being made", (t) => {
  const empty = { ...file, sizeBytes: 0 };
  t.deepEqual(dueAt([[empty], [empty], [empty], [file], [file]]), [[], [], [], [], ["a.torrent"]]);
});

test("a file that an earlier run has added stays, until it changes", (t) => {
  const changed = { ...file, modifiedNs: "5" };
  const isKept = ({ modifiedNs }: FileFacts): boolean => modifiedNs === "1";
  t.deepEqual(dueAt([[file], [file], [changed], [changed]], isKept), [[], [], [], ["a.torrent"]]);
});

test("files are due in the order of their names", (t) => {
  const others = ["c.torrent", "a.torrent", "b.magnet"].map((name) => ({ ...file, name }));
  t.deepEqual(dueAt([others, others])[1], ["a.torrent", "b.magnet", "c.torrent"]);
});

test("a refused file and one that is done wait for a change, and a failed one for its time", (t) => {
  const known = (state: WatchedFile["state"]) => new Map([["a.torrent", { facts: file, state }]]);
  const isDue = (state: WatchedFile["state"], nowMs: number, seen = file): boolean =>
    settle(known(state), [seen], notKept, nowMs).due.length > 0;
  t.false(isDue({ kind: "refused" }, 9e9));
  t.false(isDue({ kind: "done" }, 9e9));
  t.false(isDue({ kind: "failed", tries: 1, againAtMs: 100 }, 99));
  t.true(isDue({ kind: "failed", tries: 1, againAtMs: 100 }, 100));
  const changed = settle(known({ kind: "refused" }), [{ ...file, changedNs: "2" }], notKept, 0);
  t.is(changed.files.get("a.torrent")?.state.kind, "seen");
});

test("H01: whatever a folder shows, a file is due exactly when the scan before saw the same with content", (t) => {
  const facts = fc.record({
    name: fc.constantFrom("a.torrent", "b.magnet"),
    isRegular: fc.constant(true),
    sizeBytes: fc.integer({ min: 0, max: 2 }),
    inode: fc.constantFrom("1", "2"),
    modifiedNs: fc.constantFrom("1", "2"),
    changedNs: fc.constantFrom("1", "2"),
  });
  const scan = fc.uniqueArray(facts, { selector: ({ name }) => name });
  fc.assert(
    fc.property(fc.array(scan, { maxLength: 6 }), (scans) => {
      const expected = scans.map((now, place) => {
        const before = scans[place - 1] ?? [];
        const agreed = now.filter(
          (one) =>
            one.sizeBytes > 0 &&
            before.some((other) => other.name === one.name && isSame(one, other)),
        );
        return agreed.map(({ name }) => name).toSorted();
      });
      t.deepEqual(dueAt(scans), expected);
    }),
  );
});
