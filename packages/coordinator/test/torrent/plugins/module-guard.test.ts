import { longestModuleError } from "@troupe/actor-runtime/module-answers";
import test from "ava";
import fc from "fast-check";
import { anyCharacter } from "../../../../../test/support/any-text.ts";
import { itemsOf, makePart, ModuleGuard } from "../../../src/torrent/plugins/module-guard.ts";

function guarded() {
  const failures: string[] = [];
  const guard = new ModuleGuard(
    (act) => act(),
    (task, deed) => failures.push(`${task}: ${deed}`),
  );
  return { failures, guard };
}

function* endless() {
  for (let item = 0; ; item++) yield item;
}

test("AE27: a module is called until its first error, which is reported once", (t) => {
  const { failures, guard } = guarded();
  t.is(
    guard.run("pick pieces", () => 7),
    7,
  );
  const fail = (): number => {
    throw new RangeError("no");
  };
  t.is(guard.run("pick pieces", fail), undefined);
  t.is(guard.run("pick pieces", fail), undefined);
  t.is(
    guard.run("pick pieces", () => 7),
    undefined,
  );
  t.deepEqual(failures, ["pick pieces: threw RangeError: no"]);
});

test("AE27: the text of a thrown value is a short printable line", (t) => {
  const thrown = fc.oneof(
    fc.anything({ withNullPrototype: true, withObjectString: true }),
    fc.string({ unit: anyCharacter, maxLength: 400 }).map((text) => new Error(text)),
    fc.constant({
      toString: () => {
        throw new Error("no text");
      },
    }),
  );
  fc.assert(
    fc.property(thrown, (value) => {
      const { failures, guard } = guarded();
      guard.run("rank the peers", () => {
        throw value;
      });
      t.is(failures.length, 1);
      const text = failures[0] ?? "";
      t.true(text.startsWith("rank the peers: threw"));
      t.true(text.length <= "rank the peers: threw ".length + longestModuleError);
      t.notRegex(text, /[\p{Cc}\u202e\u2028]/u);
    }),
  );
});

test("AE27: an answer is a list that is not too long", (t) => {
  fc.assert(
    fc.property(fc.array(fc.anything()), fc.nat(20), (list, most) => {
      if (list.length <= most)
        t.deepEqual(itemsOf(new Set(list).values(), most), [...new Set(list)]);
      else t.throws(() => itemsOf(list, most), { message: `returned more than ${most} items` });
    }),
  );
  t.throws(() => itemsOf(endless(), 3), { message: "returned more than 3 items" });
  for (const wrong of [undefined, null, 7, "77", {}])
    t.throws(() => itemsOf(wrong, 3), { message: "returned no list" });
});

test("AE27: a promise is refused, and its rejection is no error of the thread", async (t) => {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", listener);
  t.teardown(() => process.off("unhandledRejection", listener));
  const refused = { message: "returned a promise" };
  t.throws(() => itemsOf(Promise.reject(new Error("no")), 3), refused);
  t.throws(() => makePart(() => Promise.reject(new Error("no")), {}, "pick"), refused);
  await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual(unhandled, []);
});

test("AE27: a module exports a function, which returns an object with the method", (t) => {
  const part = { pick: () => [] };
  t.is(
    makePart(() => part, {}, "pick"),
    part,
  );
  const wrong: readonly (readonly [unknown, string])[] = [
    [undefined, "has no function as its default export"],
    [part, "has no function as its default export"],
    [() => undefined, "returned no object with the method `pick`"],
    [() => part.pick, "returned no object with the method `pick`"],
    [() => ({}), "returned an object whose `pick` is no method"],
    [() => ({ ...part, close: 7 }), "returned an object whose `close` is no method"],
  ];
  for (const [made, message] of wrong) t.throws(() => makePart(made, {}, "pick"), { message });
});
