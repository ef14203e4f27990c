import test from "ava";
import fc from "fast-check";
import { bitsOf } from "@troupe/protocol/testing";
import { ModuleGuard } from "../../../src/torrent/plugins/module-guard.ts";
import { PluginOrder } from "../../../src/torrent/plugins/plugin-picker.ts";
import type { PickQuestion } from "../../../src/torrent/plugins/interfaces/picker-module.ts";
import { PiecePicker } from "../../../src/torrent/pieces/piece-picker.ts";
import { Sequential } from "../../../src/torrent/pieces/orders/sequential.ts";
import { counts, ledgerFrom, piece } from "../../support/diagrams.ts";
import { loneWorker } from "../../support/lone-worker.ts";

const pieces = "....#Lhw........";

function scene(pick: (question: PickQuestion) => unknown) {
  const ledger = ledgerFrom(pieces);
  ledger.setPriority(piece(3), 0);
  ledger.setPriority(piece(9), 7);
  const failures: string[] = [];
  const guard = new ModuleGuard(
    (act) => act(),
    (task, deed) => failures.push(`${task}: ${deed}`),
  );
  const picker = { pick: pick as (question: PickQuestion) => number[] };
  const pieceOrder = new PluginOrder(ledger, picker, guard);
  const whole = new PiecePicker(ledger, new Sequential(ledger));
  whole.use(pieceOrder);
  const availability = [counts("1111111111111100"), counts("0000000000000020")];
  const askOf = (peerHas: Uint8Array, count: number): number[] =>
    whole.pick({ peerHas, count, availability, nowMs: 5, ...loneWorker });
  const ask = (peerHas: string, count: number): number[] => askOf(bitsOf(peerHas), count);
  return { ask, askOf, failures, ledger, whole };
}

test("AE27: a picker sees the candidates of the peer, and its choice is leased", (t) => {
  const seen: unknown[] = [];
  const { ask, failures } = scene(({ candidates, count, isCandidate, nowMs, ...question }) => {
    seen.push(count, nowMs, candidates(), candidates(2), candidates(9, 32));
    seen.push([0, 1, 3, 4, 5, 9, -1, 0.5, 2 ** 40, Number.NaN].map(isCandidate));
    seen.push([3, 9, 99].map(question.priorityOf), [0, 14, 99].map(question.peersWith));
    return [14, 9];
  });
  t.deepEqual(ask("#.##############", 3), [14, 9]);
  const candidates = [9, 0, 2, 8, 10, 11, 12, 13, 14, 15];
  t.deepEqual(seen.slice(0, 5), [3, 5, candidates, [9, 0], candidates.slice(0, 9)]);
  t.deepEqual(seen[5], [true, false, false, false, false, true, false, false, false, false]);
  t.deepEqual(seen.slice(6), [
    [0, 7, 0],
    [1, 2, 0],
  ]);
  t.deepEqual(failures, []);
});

test("AE27: a peer-worker that clears the row of the peer meanwhile makes no answer of a picker wrong", (t) => {
  const row = bitsOf("################");
  const { askOf, failures } = scene(({ candidates }) => {
    const found = candidates(2);
    row.fill(0);
    return found;
  });
  t.deepEqual(askOf(row, 2), [9, 0]);
  t.deepEqual(failures, []);
});

test("AE27: a due piece goes before the choice of a picker, which is not offered it", (t) => {
  const { ask, whole } = scene(({ candidates }) => candidates(1));
  whole.setDeadlines([{ piece: piece(15), atMs: 1_000 }]);
  t.deepEqual(ask("################", 2), [15, 9]);
});

test("AE27: only different candidates are leased, and no more than asked for", (t) => {
  const has = "#.#.############";
  const answer = fc.oneof(
    fc.array(fc.oneof(fc.integer({ min: -1, max: 17 }), fc.anything()), { maxLength: 6 }),
    fc.uniqueArray(fc.constantFrom(0, 2, 8, 9, 10, 15), { maxLength: 5 }),
    fc.anything(),
  );
  let right = 0;
  let wrong = 0;
  fc.assert(
    fc.property(answer, fc.integer({ min: 1, max: 5 }), (picked, count) => {
      const { ask, failures } = scene(() => picked);
      const got = ask(has, count);
      if (failures.length === 0) {
        right++;
        // A picker may write -0 for piece 0.
        t.deepEqual(
          got,
          (picked as number[]).map((each) => each + 0),
        );
        t.true(got.every((each) => [0, 2, 8, 9, 10, 11, 12, 13, 14, 15].includes(each)));
        t.is(new Set(got).size, got.length);
        t.true(got.length <= count);
      } else {
        wrong++;
        t.deepEqual(got, []);
        t.deepEqual(ask(has, count), []);
        t.is(failures.length, 1);
      }
    }),
    { numRuns: 500 },
  );
  t.true(right > 20 && wrong > 20, `${right} right, ${wrong} wrong`);
});

test("AE27: the fault names the wrong answer", (t) => {
  const faults: readonly (readonly [unknown, string])[] = [
    [[1], "picked piece 1, which is no candidate"],
    [[2, 2], "picked piece 2 twice"],
    [["2"], "picked a value of type string, which is no candidate"],
    [[2, 8, 9, 10], "returned more than 3 items"],
    [7, "returned no list"],
  ];
  for (const [answer, fault] of faults) {
    const { ask, failures } = scene(() => answer);
    t.deepEqual(ask("#.##############", 3), []);
    t.deepEqual(failures, [`pick pieces: ${fault}`]);
  }
  for (const [limit, from] of [
    [-1, 0],
    [0.5, 0],
    [1, 2 ** 60],
  ] as const) {
    const { ask, failures } = scene(({ candidates }) => candidates(limit, from));
    ask("################", 3);
    t.regex(failures[0] ?? "", /^pick pieces: threw RangeError: (?:limit|from) is /);
  }
  const { ask } = scene(({ candidates }) => candidates(2, 2 ** 50));
  t.deepEqual(ask("################", 3), [9, 0]);
});

test("AE27: the built-in order works again without the picker", (t) => {
  const { ask, whole } = scene(() => [15]);
  t.deepEqual(ask("################", 3), [15]);
  whole.use(undefined);
  t.deepEqual(ask("################", 3), [9, 0, 1]);
});
