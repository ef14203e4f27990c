import { codeOf, type ActorEntry, type Host } from "@troupe/actor-runtime";
import { SimulatedWorld } from "@troupe/actor-runtime/simulated";
import { TroupeError } from "@troupe/control";
import test from "ava";
import { generatorWith } from "../../src/generator/generator.actor.ts";
import type { GeneratorProtocol, PrepareRun } from "../../src/generator/generator.messages.ts";
import type { LoadGenerator } from "../../src/generator/load-generator.ts";
import type { RunningLoad } from "../../src/generator/load.ts";
import { localGenerators } from "../../src/generator/local-generators.ts";
import type { Recorder, Window } from "../../src/measures/measures.ts";
import type { Share } from "../../src/plan/plan.ts";
import { visitAt } from "../support/plans.ts";
import { idleScenario, runOf } from "../support/idle-scenario.ts";

/** Counts the peers that come; `crashes` is thrown at the first of them. */
class CountingLoad implements RunningLoad {
  readonly outstanding = 0;
  readonly isWaiting = false;
  readonly #recorder: Recorder;
  readonly #crashes: boolean;

  constructor(recorder: Recorder, crashes: boolean) {
    this.#recorder = recorder;
    this.#crashes = crashes;
  }

  arrive({ arriveMs }: { readonly arriveMs: number }): void {
    if (this.#crashes && arriveMs > 1_000) throw new Error("planted");
    this.#recorder.count("arrived");
    this.#recorder.moved(undefined, "open");
  }

  act(): void {}

  drain(): void {}

  end(): Promise<void> {
    return Promise.resolve();
  }
}

interface Choices {
  readonly crashing?: number;
  /** Hears no end. */
  readonly hanging?: number;
  /** Crashes 4.5 s after it was prepared. */
  readonly crashingLater?: number;
  readonly refusing?: number;
  readonly cores?: number;
  /** Threads do not stop when asked, and end so long after they were terminated. */
  readonly endsAfterMs?: number;
}

/** Threads of a machine whose cores are all busy. */
function slowToEnd(host: Host, endsAfterMs: number): Host {
  const { timers } = host.ports({ name: "test", epoch: 1 });
  return {
    sharesThread: host.sharesThread,
    ports: (self) => host.ports(self),
    connect: (first, second) => host.connect(first, second),
    spawn: (...parts) => {
      const child = host.spawn(...parts);
      const terminate = child.terminate.bind(child);
      return Object.assign(child, {
        stop: () => new Promise<void>(() => undefined),
        terminate: () => void timers.after(endsAfterMs, terminate),
      });
    },
  };
}

function hostOf(host: Host, { endsAfterMs }: Choices): Host {
  return endsAfterMs === undefined ? host : slowToEnd(host, endsAfterMs);
}

function crash(): never {
  throw new Error("planted");
}

/** The generator with this share never hears that its run ends. */
function deafToEnd(actor: ReturnType<typeof generatorWith>, share: number): typeof actor {
  const deaf = new WeakSet<LoadGenerator>();
  return {
    ...actor,
    handlers: {
      ...actor.handlers,
      prepare: (generator, run) => {
        if (run.share.index === share) deaf.add(generator);
        return generator.prepare(run);
      },
      end: (generator, { how }) => {
        if (!deaf.has(generator)) generator.end(how);
      },
    },
  };
}

class TestGenerators {
  readonly world = new SimulatedWorld({ seed: 1 });
  readonly machine = this.world.machine({ addresses: ["10.0.0.1"] });
  readonly windows: (readonly [string, Window])[] = [];
  readonly lost: string[] = [];
  readonly shares: Share[] = [];
  readonly precise: boolean[] = [];
  readonly generators;

  constructor(threads: number, choices: Choices = {}) {
    let used = 1_000;
    this.generators = localGenerators({
      threads,
      host: hostOf(this.machine.host, choices),
      ...(choices.cores !== undefined && { cores: choices.cores }),
      entry: this.#entry(choices),
      use: () => ({ cpuMs: (used += 10), rssBytes: 1, descriptors: 1 }),
      events: {
        window: (name, window) => this.windows.push([name, window]),
        lost: (name, peers, reason) => this.lost.push(`${name} ${peers["idle"] ?? 0} ${reason}`),
      },
    });
  }

  #entry({
    crashing,
    crashingLater,
    hanging,
    refusing,
  }: Choices): ActorEntry<GeneratorProtocol, {}> {
    const actor = generatorWith({
      drawPlan: ({ phases }, { index, of }) => {
        this.shares.push({ index, of });
        const visits = [0, 100, 2_100].map((atMs) => visitAt(index, atMs));
        return { visits, rates: [], durationMs: phases[0]?.durationMs ?? 0 };
      },
      makeLoads: ({ timers }, { scenario, share }: PrepareRun, measures) => {
        this.precise.push(scenario.precise);
        if (share.index === refusing) throw new TroupeError("target-unreachable", "planted");
        if (share.index === crashingLater) timers.after(4_500, crash);
        const recorder = measures.recorder("idle");
        const loads = [new CountingLoad(recorder, share.index === crashing)];
        return Promise.resolve({ loads, remarks: [] });
      },
    });
    return {
      name: "generator",
      url: new URL("test:generator"),
      load: () => Promise.resolve(hanging === undefined ? actor : deafToEnd(actor, hanging)),
    };
  }

  prepare(shares?: { first: number; count: number; of: number }): Promise<void> {
    const run = runOf(idleScenario);
    return this.world.settle(
      this.generators.prepare(shares === undefined ? run : { ...run, shares }),
    );
  }

  begin(inMs: number): void {
    this.generators.begin(this.machine.ports("test").clock.epochMs() + inMs);
  }

  async close(): Promise<void> {
    await this.world.settle(Promise.resolve(this.generators[Symbol.asyncDispose]()));
  }

  arrived(): number {
    const counts = this.windows.flatMap(([, { counts }]) => counts);
    return counts.reduce((sum, { counter, value }) => sum + (counter === "arrived" ? value : 0), 0);
  }
}

test("threads poll for exact times while a core is left for the target", async (t) => {
  for (const [threads, cores, precise] of [
    [1, 2, true],
    [2, 2, false],
    [1, 1, false],
  ] as const) {
    const test = new TestGenerators(threads, { cores });
    await test.prepare();
    t.deepEqual(
      test.precise,
      Array.from({ length: threads }, () => precise),
    );
    await test.close();
  }
});

test("the threads divide a run, and each sends a window a second", async (t) => {
  const test = new TestGenerators(2);
  await test.prepare();
  t.deepEqual(
    test.shares.toSorted((a, b) => a.index - b.index),
    [
      { index: 0, of: 2 },
      { index: 1, of: 2 },
    ],
  );
  t.deepEqual(
    test.generators.facts.map(({ name, peers }) => [name, peers]),
    [
      ["generator-0", 3],
      ["generator-1", 2],
    ],
  );
  test.begin(200);
  await test.world.run(4_000);
  for (const name of ["generator-0", "generator-1"]) {
    const own = test.windows.filter(([from]) => from === name);
    t.deepEqual(
      own.map(([, { second }]) => second),
      [0, 1, 2, 3],
    );
  }
  t.is(test.arrived(), 6);
  await test.world.settle(test.generators.end("cut"));
  await test.close();
});

test("the windows of the first thread describe the process, with its CPU time since the beginning of the run", async (t) => {
  const test = new TestGenerators(2);
  await test.prepare();
  test.begin(0);
  await test.world.run(4_000);
  const uses = Map.groupBy(test.windows, ([name]) => name);
  t.deepEqual(
    uses.get("generator-0")?.map(([, { own }]) => own.cpuMs),
    [10, 20, 30, 40],
  );
  t.deepEqual(
    uses.get("generator-1")?.map(([, { own }]) => own.cpuMs),
    [0, 0, 0, 0],
  );
  await test.close();
});

test("generators of an agent take the range of shares that they are given", async (t) => {
  const test = new TestGenerators(2);
  await test.prepare({ first: 3, count: 2, of: 6 });
  t.deepEqual(test.shares.map(({ index, of }) => `${index} of ${of}`).toSorted(), [
    "3 of 6",
    "4 of 6",
  ]);
  await test.close();
});

test("a crash loses the peers of one thread, and the other goes on", async (t) => {
  const test = new TestGenerators(2, { crashing: 1 });
  await test.prepare();
  test.begin(0);
  await test.world.run(2_500);
  t.deepEqual(test.lost, ["generator-1 2 planted"]);
  t.deepEqual([...test.generators.unheard], [["generator-1", { index: 1, of: 2 }]]);
  t.deepEqual(
    test.generators.facts.map(({ lostAt }) => lostAt),
    [undefined, 2],
  );
  await test.world.run(1_500);
  t.is(test.windows.filter(([name]) => name === "generator-0").length, 4);
  t.is(test.windows.filter(([name]) => name === "generator-1").length, 2);
  await test.world.settle(test.generators.end("cut"));
  await test.close();
});

test("threads that take seconds to end fail no run that is over", async (t) => {
  const test = new TestGenerators(1, { endsAfterMs: 5_000 });
  await test.prepare();
  test.begin(0);
  await test.world.run(1_500);
  await test.world.settle(test.generators.end("cut"));
  await t.notThrowsAsync(test.close());
});

test("the first refusal of a thread refuses the run", async (t) => {
  const test = new TestGenerators(3, { refusing: 2 });
  const error = await test.prepare().catch((error: unknown) => error);
  t.is(codeOf(error), "target-unreachable");
  t.is((error as Error).message, "planted");
  await test.close();
});

test("an early end resolves when the last windows are in", async (t) => {
  const test = new TestGenerators(2);
  await test.prepare();
  test.begin(0);
  await test.world.run(1_500);
  await test.world.settle(test.generators.end("cut"));
  t.deepEqual(test.windows.map(([name, { second }]) => `${name} ${second}`).toSorted(), [
    "generator-0 0",
    "generator-0 1",
    "generator-1 0",
    "generator-1 1",
  ]);
  await test.world.run(5_000);
  t.is(test.windows.length, 4);
  await test.close();
});

test("an end before the beginning sends no window", async (t) => {
  const test = new TestGenerators(1);
  await test.prepare();
  await test.world.settle(test.generators.end("cut"));
  t.deepEqual(test.windows, []);
  await test.close();
});

test("a thread that does not end in time is lost, and the end waits for it no longer", async (t) => {
  const test = new TestGenerators(2, { hanging: 1 });
  await test.prepare();
  test.begin(0);
  await test.world.run(500);
  await test.world.settle(test.generators.end("cut"));
  t.deepEqual(test.lost, [
    "generator-1 2 it did not end within 1.5 s, and its last windows are missing",
  ]);
  t.deepEqual(
    test.generators.facts.map(({ lostAt }) => lostAt),
    [undefined, 1],
  );
  await test.close();
});

test("a thread whose run has ended is not lost any more", async (t) => {
  const test = new TestGenerators(1, { crashingLater: 0 });
  await test.prepare();
  test.begin(0);
  await test.world.run(6_000);
  t.is(test.windows.length, 4);
  t.deepEqual(test.lost, []);
  await test.close();
});
