import test from "ava";
import fc from "fast-check";
import { settle } from "@troupe/actor-runtime/testing";
import { PluginPart, type RunningPart } from "../../../src/torrent/plugins/plugin-part.ts";

interface Named extends RunningPart {
  readonly url: string;
}

function scene() {
  const log: string[] = [];
  const loads: { readonly url: string; readonly end: (isFailure?: boolean) => void }[] = [];
  const errors: unknown[] = [];
  const drops: string[] = [];
  const part = new PluginPart<Named>();
  const maker = {
    load: (url: string) =>
      new Promise<unknown>((resolve, reject) => {
        loads.push({ url, end: (isFailure) => (isFailure ? reject(new Error(url)) : resolve(1)) });
      }),
    start: (url: string): Named => {
      log.push(`start ${url}`);
      return { url, close: () => void log.push(`close ${url}`) };
    },
    drop: (url: string) => void drops.push(url),
  };
  const choose = (url: string | undefined) =>
    void part.choose(url, maker).catch((error: unknown) => errors.push(error));
  return { choose, drops, errors, loads, log, part };
}

test("AE27: a part works until the next module is loaded, and is closed before the next one starts", async (t) => {
  const { choose, loads, log, part } = scene();
  choose("a");
  t.is(part.part, undefined);
  loads[0]?.end();
  await settle();
  t.is(part.part?.url, "a");
  choose("b");
  t.is(part.part?.url, "a");
  loads[1]?.end();
  await settle();
  choose(undefined);
  t.is(part.part, undefined);
  t.deepEqual(log, ["start a", "close a", "start b", "close b"]);
});

test("AE27: a later choice wins over an earlier load, which may also fail", async (t) => {
  const { choose, errors, loads, log, part } = scene();
  choose("a");
  choose("b");
  choose("b");
  t.deepEqual(
    loads.map(({ url }) => url),
    ["a", "b"],
  );
  loads[1]?.end();
  await settle();
  loads[0]?.end(true);
  await settle();
  t.is(part.part?.url, "b");
  choose("c");
  choose("b");
  loads[2]?.end();
  await settle();
  t.is(part.part?.url, "b");
  t.deepEqual(log, ["start b"]);
  t.deepEqual(errors, []);
});

test("AE27: a module that was loaded for nothing is dropped, and one that starts is not", async (t) => {
  const { choose, drops, loads, log, part } = scene();
  choose("a");
  choose("b");
  loads[0]?.end();
  loads[1]?.end();
  await settle();
  choose("c");
  part.close();
  loads[2]?.end();
  await settle();
  t.deepEqual(drops, ["a", "c"]);
  t.deepEqual(log, ["start b", "close b"]);
});

test("AE27: a module that does not load leaves the part that works, and its error is reported", async (t) => {
  const { choose, errors, loads, part } = scene();
  choose("a");
  loads[0]?.end();
  await settle();
  choose("b");
  loads[1]?.end(true);
  await settle();
  t.is(part.part?.url, "a");
  t.deepEqual(errors, [new Error("b")]);
});

test("AE27: over any choices and loads each part is closed once, before the next one starts", async (t) => {
  const step = fc.oneof(
    fc.constantFrom("a", "b", "c").map((url) => ({ url })),
    fc.constant({ url: undefined }),
    fc.nat(5).map((load) => ({ load })),
    fc.constant("close" as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const { choose, errors, loads, log, part } = scene();
      let last: string | undefined;
      for (const each of steps) {
        if (each === "close") part.close();
        else if ("load" in each) loads[each.load]?.end();
        else choose(each.url);
        if (each === "close") last = undefined;
        else if ("url" in each) last = each.url;
        await settle();
      }
      for (const { end } of loads) end();
      await settle();
      t.is(part.part?.url, last);
      part.close();
      const started = log.filter((line) => line.startsWith("start"));
      const expected = started.flatMap((line) => [line, line.replace("start", "close")]);
      t.deepEqual(log, expected);
      t.deepEqual(errors, []);
    }),
  );
});
