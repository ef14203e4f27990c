import test from "ava";
import type { TroupeError } from "@troupe/control";
import { HashChecks, type PieceChoice } from "../../src/api/hash-checks.ts";

function scene(pieces = 10) {
  const begun: unknown[] = [];
  const cancelled: number[] = [];
  const checks = new HashChecks({
    pieceCount: () => pieces,
    begin: (check, ranges) => void begun.push([check, ranges]),
    cancel: (check) => void cancelled.push(check),
  });
  const verdicts = (check: number, first: number, picture: string) =>
    checks.verdicts({
      event: "hash-verdicts",
      check,
      first,
      verdicts: Uint8Array.from(picture, (mark) => Number(mark === "#")),
    });
  return { checks, begun, cancelled, verdicts };
}

test("AE7: pieces and ranges are checked once each, in their order, also when the list repeats them", (t) => {
  const { checks, begun } = scene();
  const choices: (number | readonly PieceChoice[] | undefined)[] = [
    undefined,
    7,
    [5, [2, 3], 2, [4, 4], 9],
    [],
  ];
  for (const choice of choices) void checks.start(choice, undefined);
  t.deepEqual(begun, [
    [1, [[0, 9]]],
    [2, [[7, 7]]],
    [
      3,
      [
        [2, 5],
        [9, 9],
      ],
    ],
    [4, []],
  ]);
});

test("AE7: a cancelled check names the pieces that it has not checked", async (t) => {
  const { checks, cancelled, verdicts } = scene();
  const controller = new AbortController();
  const check = checks.start(
    [
      [0, 4],
      [6, 9],
    ],
    controller.signal,
  );
  verdicts(1, 1, "#.#");
  verdicts(1, 9, "#");
  controller.abort();
  const error = await t.throwsAsync<TroupeError>(check, { code: "hashcheck-cancelled" });
  t.deepEqual(error.details, {
    remaining: [
      [0, 0],
      [4, 4],
      [6, 8],
    ],
  });
  t.deepEqual(cancelled, [1]);
});

test("AE7: a new engine checks the pieces that the last engine left, and the verdicts of both count", async (t) => {
  const { checks, begun, verdicts } = scene();
  const check = checks.start(undefined, undefined);
  verdicts(1, 0, "##.##");
  checks.engineRestarted();
  checks.stateChanged("checking");
  t.is(begun.length, 1, "it does not answer yet");
  checks.stateChanged("active");
  checks.stateChanged("paused");
  t.deepEqual(begun.slice(1), [[1, [[5, 9]]]]);
  verdicts(1, 5, "#####");
  checks.ended({ event: "hash-checked", check: 1 });
  t.deepEqual(await check, { passed: 9, failed: 1, failedPieces: [2] });
});

test("F09: a new engine is asked to check a torrent that waits in its queue, and refuses", (t) => {
  const { checks, begun } = scene();
  void checks.start(7, undefined);
  begun.length = 0;
  checks.engineRestarted();
  for (const state of ["starting", "checking"] as const) checks.stateChanged(state);
  t.deepEqual(begun, []);
  checks.stateChanged("queued");
  t.deepEqual(begun, [[1, [[7, 7]]]]);
});
