import test from "ava";
import { shareDescriptors } from "../../../src/api/options/descriptor-budget.ts";

const small = { peerWorkers: 1, hashThreads: 2, hasRecords: false, hasDht: false };

test("a usual limit is enough for the defaults", (t) => {
  const { budget, hashThreads } = shareDescriptors({ limit: 1_024, open: 25 }, small);
  t.is(hashThreads, 2);
  t.true(budget.peers >= 200);
  t.is(budget.openFiles, 64);
  t.is(budget.halfOpen, 200);
});

test("with a large limit no use gets more than it needs", (t) => {
  const { budget } = shareDescriptors({ limit: 1_000_000, open: 25 }, small);
  t.like(budget, {
    halfOpen: 200,
    handshakes: 512,
    openFiles: 64,
    trackers: 150,
    lockFiles: 4_096,
  });
});

test("the shares, the threads and the open descriptors fit the limit", (t) => {
  for (const limit of [64, 80, 100, 128, 256, 1_024, 4_096, 20_000]) {
    for (const peerWorkers of limit === 64 ? [1] : [1, 2]) {
      const use = { limit, open: 22 };
      const { budget, hashThreads } = shareDescriptors(use, {
        peerWorkers,
        hashThreads: 2,
        hasRecords: false,
        hasDht: false,
      });
      const threads = 3 + peerWorkers + 2 * hashThreads;
      const { peers, handshakes, openFiles, trackers, lockFiles } = budget;
      const sockets = peers + handshakes + trackers + 2 * peerWorkers;
      t.true(
        use.open + 5 * threads + sockets + openFiles + lockFiles <= limit,
        `${limit}, ${peerWorkers}`,
      );
    }
  }
});

test("every use gets a share, however small the limit", (t) => {
  const { budget } = shareDescriptors({ limit: 56, open: 25 }, small);
  t.deepEqual(budget, {
    limit: 56,
    peers: 2,
    halfOpen: 1,
    handshakes: 2,
    openFiles: 2,
    trackers: 1,
    lockFiles: 1,
  });
});

test("a limit that does not allow the threads of a download is refused, with the number that is needed", (t) => {
  const error = t.throws(() => shareDescriptors({ limit: 50, open: 25 }, small), {
    code: "too-few-descriptors",
  });
  t.regex(error?.message ?? "", /may have 50 files and sockets open, and 56 are needed/);
  t.notThrows(() =>
    shareDescriptors({ limit: 64, open: 25 }, { ...small, hasRecords: true, hasDht: false }),
  );
});
