import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import { EngineStep, moduleLoadMs, type TorrentModules } from "@troupe/messages";
import { tick, tickMs } from "../../../src/engine/tick.ts";
import { interestChanged } from "../../../src/torrent/choking/give-slots.ts";
import { loadModules } from "../../../src/torrent/plugins/load-modules.ts";
import { setModules } from "../../../src/torrent/plugins/set-modules.ts";
import type { PickQuestion } from "../../../src/torrent/plugins/interfaces/picker-module.ts";
import { piecesWanted } from "../../../src/torrent/pieces/piece-leases.ts";
import { leaseAnswers, putIn, rowIndex, showPeer } from "../../support/engine-scene.ts";
import { peerScene } from "../../support/peer-scene.ts";

const pickerUrl = "file:///picker.mjs";
const chokerUrl = "file:///choker.mjs";

function scene() {
  const made = peerScene();
  const { engine, job } = made;
  const { moduleExports } = engine.context as unknown as { moduleExports: Map<string, unknown> };
  const closed: string[] = [];
  const unchoked = () =>
    made
      .ref(0)
      .casts("set-unchoked")
      .map(({ peers }) => [...peers].map(Number));
  showPeer(job, { worker: 0, rowIndex: 0 }, "####");
  return {
    ...made,
    closed,
    moduleExports,
    register(url: string, part: object): void {
      moduleExports.set(url, () => ({ ...part, close: () => void closed.push(url) }));
    },
    async choose(modules: TorrentModules): Promise<void> {
      setModules(engine, job, { torrent: job.id, modules });
      await settle();
    },
    leased(): number[] {
      const peers = [{ peer: rowIndex(0), count: 2 }];
      piecesWanted(engine, job, made.peerWorker(0), { peers });
      const answer = leaseAnswers(made.ref(0)).at(-1);
      return (answer?.pieces ?? []).map(({ piece }) => piece);
    },
    want(): number[][] {
      made.admit("peer");
      made.open("peer", 0);
      showPeer(job, { worker: 0, rowIndex: 0 }, "####", true);
      interestChanged(engine, job, made.peerWorker(0), { torrent: job.id, peers: [rowIndex(0)] });
      return unchoked();
    },
    tickOnce(): number[][] {
      made.time.advance(tickMs);
      tick(engine);
      return unchoked();
    },
  };
}

const last = { pick: ({ candidates, count }: PickQuestion) => candidates().slice(-count) };
const broken = {
  pick: () => {
    throw new RangeError("no");
  },
};

test("AE27: a torrent at rest gets its modules with its next start, and its record never names them", (t) => {
  const { choose, job } = scene();
  putIn(job, "stopped");
  const before = job.request.settings;
  const modules = { picker: pickerUrl, choker: chokerUrl };
  void choose(modules);
  t.deepEqual(job.request.modules, modules);
  t.deepEqual(job.request.settings, before);
});

test("AE27: a picker takes over while its torrent runs, and gives way to the built-in one", async (t) => {
  const { choose, closed, job, leased, register } = scene();
  register(pickerUrl, last);
  await choose({ picker: pickerUrl });
  t.deepEqual(leased(), [2, 3]);
  await choose({});
  t.deepEqual(closed, [pickerUrl]);
  t.deepEqual(leased().toSorted(), [0, 1]);
  t.is(job.state, "active");
});

test("AE27: a peer-worker hears of the peers from whom a picker takes no piece", async (t) => {
  const { choose, engine, job, leased, ref, register } = scene();
  register(pickerUrl, { pick: () => [] });
  await choose({ picker: pickerUrl });
  t.deepEqual(leased(), []);
  t.like(leaseAnswers(ref(0)).at(-1), { nothingFor: [], withheldFor: [0] });
  t.is(job.content.picker.withheldAtMs, engine.context.clock.nowMs());
  await choose({});
  t.deepEqual(leased().toSorted(), [0, 1]);
  t.is(leaseAnswers(ref(0)).at(-1)?.withheldFor, undefined);
  t.is(job.content.picker.withheldAtMs, -Infinity);
});

test("AE27: the calls of a module are steps of its torrent, whatever torrent the handler is of", async (t) => {
  const { choose, engine, job, leased, moduleExports } = scene();
  const { breadcrumb } = engine.context;
  const steps: number[][] = [];
  const note = (): void => void steps.push([...breadcrumb.slice(0, 2)]);
  moduleExports.set(pickerUrl, () => {
    note();
    return {
      pick: (question: PickQuestion) => {
        note();
        return last.pick(question);
      },
      close: note,
    };
  });
  await choose({ picker: pickerUrl });
  breadcrumb.set([1, 99]);
  t.deepEqual(leased(), [2, 3]);
  t.deepEqual([...breadcrumb.slice(0, 2)], [1, 99]);
  breadcrumb.fill(0);
  await choose({});
  t.deepEqual(steps, Array(3).fill([EngineStep.module, job.id]));
  t.true(breadcrumb.every((word) => word === 0));
});

test("AE27: a module gets the facts of its torrent", async (t) => {
  const { choose, job, moduleExports } = scene();
  let seen: unknown;
  moduleExports.set(pickerUrl, (torrent: unknown) => {
    seen = torrent;
    return last;
  });
  await choose({ picker: pickerUrl });
  t.deepEqual(seen, {
    infoHash: job.infoHash,
    name: "drawn",
    pieceCount: 4,
    pieceLengthBytes: 32_768,
    totalBytes: 131_072,
    isPrivate: false,
  });
});

test("AE27: a picker that throws gives its torrent the error `strategy-failed`, after its handler has ended", async (t) => {
  const { choose, closed, job, leased, register, time } = scene();
  register(pickerUrl, broken);
  await choose({ picker: pickerUrl });
  t.deepEqual(leased(), []);
  t.is(job.state, "active");
  time.advance(0);
  t.is(job.state, "error");
  t.deepEqual(job.fault, {
    code: "strategy-failed",
    message: `cannot pick pieces of drawn: the picker ${pickerUrl} threw RangeError: no`,
  });
  t.deepEqual(closed, [pickerUrl]);
});

test("AE27: a choker that throws gives its torrent the error `strategy-failed`", async (t) => {
  const { choose, closed, job, register, time, want } = scene();
  const rank = () => {
    throw new RangeError("no");
  };
  register(chokerUrl, { rank });
  await choose({ choker: chokerUrl });
  want();
  time.advance(0);
  t.is(
    job.fault?.message,
    `cannot rank the peers of drawn: the choker ${chokerUrl} threw RangeError: no`,
  );
  t.deepEqual(closed, [chokerUrl]);
});

test("AE27: a choker that ranks no peer and gives no slot at random unchokes no peer", async (t) => {
  const { choose, register, want } = scene();
  register(chokerUrl, { rank: () => [], optimisticSlots: () => 0 });
  await choose({ choker: chokerUrl });
  t.deepEqual(want(), []);
  t.deepEqual(scene().want(), [[0]]);
});

test("AE27: the slots are given anew when another choker takes over", async (t) => {
  const { choose, register, tickOnce, want } = scene();
  t.deepEqual(want(), [[0]]);
  register(chokerUrl, { rank: () => [], optimisticSlots: () => 0 });
  await choose({ choker: chokerUrl });
  t.deepEqual(tickOnce(), [[0], []]);
  await choose({});
  t.deepEqual(tickOnce(), [[0], [], [0]]);
});

test("AE27: a module that cannot be loaded or started gives its torrent the error `strategy-failed`", async (t) => {
  const faults: readonly (readonly [unknown, string])[] = [
    [7, "has no function as its default export"],
    [() => Promise.reject(new Error("later")), "returned a promise"],
    [
      () => {
        throw new TypeError("not today");
      },
      "threw TypeError: not today",
    ],
  ];
  for (const [exported, deed] of faults) {
    const { choose, job, moduleExports } = scene();
    moduleExports.set(pickerUrl, exported);
    await choose({ picker: pickerUrl });
    t.is(job.fault?.message, `cannot load a module of drawn: the picker ${pickerUrl} ${deed}`);
  }
  const { choose, job } = scene();
  await choose({ choker: chokerUrl });
  t.regex(job.fault?.message ?? "", /the choker .* threw Error: Cannot find module/);
});

test("AE27: a module that does not load in time gives its torrent the error `strategy-failed`", async (t) => {
  const { choose, engine, job, time } = scene();
  Object.assign(engine.context, { loadModule: () => new Promise(() => undefined) });
  await choose({ picker: pickerUrl });
  time.advance(moduleLoadMs - 1);
  await settle();
  t.is(job.state, "active");
  time.advance(1);
  await settle();
  t.regex(job.fault?.message ?? "", /did not load within 30 s$/);
});

test("AE27: a start loads the modules that are chosen while others load", async (t) => {
  const { closed, engine, job, leased, register } = scene();
  putIn(job, "starting");
  job.request = { ...job.request, modules: { picker: pickerUrl } };
  register(pickerUrl, last);
  register(chokerUrl, last);
  const loaded = loadModules(engine, job);
  setModules(engine, job, { torrent: job.id, modules: { picker: chokerUrl } });
  await loaded;
  t.deepEqual(closed, [pickerUrl]);
  putIn(job, "active");
  t.deepEqual(leased(), [2, 3]);
  t.is(job.fault, undefined);
});

test("AE27: the end of a run closes its modules, and an error of that changes nothing", async (t) => {
  const { choose, job, logged, moduleExports, engine, leased } = scene();
  const close = () => {
    throw new Error("no end");
  };
  moduleExports.set(pickerUrl, () => ({ ...last, close }));
  await choose({ picker: pickerUrl });
  void job.life.stop();
  await settle();
  t.is(job.fault, undefined);
  const [entry] = logged.filter(({ event }) => event === "module-not-closed");
  t.deepEqual(entry?.fields, { torrent: job.id, url: pickerUrl, error: "threw Error: no end" });
  t.is(job.parts.picker.part, undefined);
  t.is(engine.context.breadcrumb[0], 0);
  putIn(job, "active");
  t.not(leased()[0], 2);
});
