import test from "ava";
import fc from "fast-check";
import { prioritiesOf, priorityChoice } from "../../../src/api/options/priority-choice.ts";
import type { TorrentFile } from "../../../src/api/torrent-progress.ts";

const filesOf = (count: number) => Array.from({ length: count }, () => ({}) as TorrentFile);

test("without a choice files have no priorities of their own", (t) => {
  t.is(prioritiesOf(priorityChoice({}, {}), filesOf(2)), undefined);
});

test("the caller's choice comes before that of the link", (t) => {
  const selected = [[0, 0]] as const;
  t.deepEqual(
    prioritiesOf(priorityChoice({ priorities: [0, 7] }, { selected }), filesOf(2)),
    [0, 7],
  );
  t.deepEqual(prioritiesOf(priorityChoice({}, { selected }), filesOf(2)), [1, 0]);
});

test("a link selects the files of its ranges, however far they reach", (t) => {
  const range = fc.tuple(fc.nat(30), fc.nat(2 ** 31 - 1));
  fc.assert(
    fc.property(
      fc.array(range, { minLength: 1 }),
      fc.integer({ min: 1, max: 20 }),
      (spans, count) => {
        const selected = spans.map(([first, length]) => [first, first + length] as const);
        const isNamed = (file: number) =>
          selected.some(([first, last]) => file >= first && file <= last);
        const list = prioritiesOf(priorityChoice({}, { selected }), filesOf(count));
        const named = filesOf(count).map((_, file) => Number(isNamed(file)));
        t.deepEqual(list, named.includes(1) ? named : named.fill(1));
      },
    ),
  );
});

test("a list of another length or with a wrong number is refused", (t) => {
  for (const list of [[1], [1, 1, 1], [1, -1], [1, 0.5], [1, 65_536]]) {
    for (const choice of [list, () => list])
      t.throws(() => prioritiesOf(choice, filesOf(2)), { code: "option-out-of-range" });
  }
});

test("L14: excluded files are not wanted, unless the caller's choice wants them", (t) => {
  const files = ["film/film.mkv", "film/film.nfo", "film/Sample/a.mkv"].map(
    (torrentPath) => ({ torrentPath, priority: 1 }) as TorrentFile,
  );
  const excluded = ["*.nfo", "Sample/**"];
  const list = (options: Parameters<typeof priorityChoice>[0], selected?: [number, number][]) =>
    prioritiesOf(priorityChoice(options, selected && { selected }, excluded), files);
  t.deepEqual(list({}), [1, 0, 0]);
  t.deepEqual(list({}, [[0, 1]]), [1, 0, 0]);
  t.deepEqual(list({}, [[1, 1]]), [0, 0, 0]);
  t.deepEqual(list({ priorities: [0, 5, 1] }), [0, 5, 1]);
  const seen: number[] = [];
  const priorities = (given: readonly TorrentFile[]): number[] => {
    seen.push(...given.map(({ priority }) => priority));
    return [1, 9, 0];
  };
  t.deepEqual(list({ priorities }), [1, 9, 0]);
  t.deepEqual(seen, [1, 0, 0]);
});
