import fc from "fast-check";
import test from "ava";
import {
  OutboxState,
  readState,
  writeState,
  writeStep,
  type OutboxStep,
} from "../../../src/automation/hooks/outbox-state.ts";
import type { NotedTorrent } from "../../../src/automation/hooks/torrent-events.ts";
import { exampleEntry } from "../../support/example-entry.ts";

const note: NotedTorrent = {
  ...{ id: 1, name: 'a\n"b"', directory: "/d", labels: ["x"], priority: "normal" },
  ...{ sizeBytes: 1, downloadedBytes: 0, hasMetadata: true, isComplete: false },
};

const hash = fc.constantFrom("aa", "bb", "cc");
const id = fc.constantFrom("1", "2", "3", "4");
const step: fc.Arbitrary<OutboxStep> = fc.record(
  {
    noted: fc.array(
      hash.map((each) => [each, note] as const),
      { maxLength: 2 },
    ),
    gone: fc.array(hash, { maxLength: 2 }),
    put: fc.array(
      id.map((each) => exampleEntry({ id: each })),
      { maxLength: 2 },
    ),
    ended: fc.array(id, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

function stateOf(steps: readonly OutboxStep[]): OutboxState {
  const state = new OutboxState(7);
  for (const each of steps) state.take(each);
  return state;
}

test("a file that is cut at any place has the steps whose lines are whole", (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 4 }), fc.nat(), (steps, place) => {
      const lines = [writeState(new OutboxState(7)), ...steps.map(writeStep)];
      const text = lines.join("");
      const least = lines[0]?.length ?? 0;
      const cut = least + (place % (text.length - least + 1));
      let whole = 0;
      for (let end = least; whole < steps.length; whole++) {
        end += lines[whole + 1]?.length ?? 0;
        if (end > cut) break;
      }
      t.deepEqual(readState(text.slice(0, cut)), stateOf(steps.slice(0, whole)));
    }),
  );
});

test("a state that is written anew is the same", (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 4 }), (steps) => {
      const state = stateOf(steps);
      t.deepEqual(readState(writeState(state)), state);
    }),
  );
});

test("a text that is no outbox is refused", (t) => {
  const head = '{"version":1,"sinceMs":7}\n';
  for (const text of [
    ...["", "x", "{}\n", '{"version":2,"sinceMs":7}\n', '{"version":1}\n', `${head}x\n`],
    ...[`${head}null\n`, `${head}[1]\n{"noted":[["a"]]}\n`, `${head}{"put":[{"id":"1"}]}\n`],
    ...[
      `${head}{"gone":[1]}\n`,
      `${head}{"ended":"a"}\n`,
      `${head}{"noted":[["a",{"name":"b"}]]}\n`,
    ],
  ])
    t.is(readState(text), undefined, text);
  t.deepEqual(readState(head), new OutboxState(7));
});
