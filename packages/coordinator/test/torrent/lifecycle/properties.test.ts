// Any order of what users, disks, threads and engines can do to a torrent. The model is what the user asked for; the real
// thing is the transition, its effects carried out on a torrent that only counts what is open. Answers come late, or after
// the run that asked for them.

import test from "ava";
import fc from "fast-check";
import type { TorrentFault } from "@troupe/messages";
import type {
  HeldPieces,
  LifecycleEffect,
  LifecycleEvent,
  RunEvent,
} from "../../../src/torrent/lifecycle/events.ts";
import {
  isAtRest,
  isOpen,
  isTransferring,
  newLifecycle,
  publicState,
  restOf,
  type Lifecycle,
} from "../../../src/torrent/lifecycle/run.ts";
import { transition } from "../../../src/torrent/lifecycle/transition.ts";

const sequences = 2_000;
const longest = 60;

/** The wish of the user, as the library keeps it over engines. */
interface Asked {
  run: boolean;
  paused: boolean;
  /** Between two folders: the engine is told of no start before it has arrived. */
  isMoving: boolean;
  isRemoved: boolean;
  /** The engine ends, and was told of no start since. */
  isEnding: boolean;
}

/** A torrent in an engine that does nothing but count. A rule that is broken throws. */
class CountedTorrent {
  life: Lifecycle;
  /** Runs whose files or connections are open. */
  readonly #open = new Set<number>();
  /** Runs whose pieces were looked at. */
  readonly #checked = new Set<number>();
  #isClosing = false;
  #isWatched = false;
  #shown = "stopped";
  /** Completions reported since something was missing. */
  #completions = 0;
  /** Steps that will be answered, those of runs that are over too. */
  #pending: RunEvent[][] = [];

  constructor(hasContent: boolean) {
    this.life = newLifecycle(hasContent);
  }

  dispatch(event: LifecycleEvent): void {
    const before = this.life;
    const { life, effects } = transition(before, event);
    this.life = life;
    if (event.event === "checked") this.#checked.add(event.run);
    if (life.runs > before.runs || event.event === "some-missing") this.#completions = 0;
    for (const effect of effects) this.#carryOut(effect);
    this.#prove(before, event);
  }

  /** Steps of the present run that follow each other, each at an `answer`. */
  ask(...steps: RunEvent[]): void {
    this.#pending.push(steps);
  }

  /** The first question is answered. */
  answer(): void {
    const [step, ...later] = this.#pending.shift() ?? [];
    if (later.length > 0) this.#pending.push(later);
    if (step !== undefined) this.dispatch(step);
  }

  answerAll(): void {
    while (this.#pending.length > 0) this.answer();
  }

  /** Everything of the run has been closed. */
  closed(): void {
    if (!this.#isClosing) return;
    this.#isClosing = false;
    this.#open.clear();
    this.dispatch({ event: "closed" });
  }

  /** The engine dies with everything that it had. */
  die(): void {
    this.#open.clear();
    this.#checked.clear();
    this.#pending = [];
    [this.#isClosing, this.#isWatched, this.#completions] = [false, false, 0];
    this.life = newLifecycle(this.life.hasContent);
    this.#shown = "stopped";
  }

  #carryOut(effect: LifecycleEffect): void {
    switch (effect.effect) {
      case "emit-state":
        this.#shown = effect.state;
        return;
      case "seek-metadata":
        must(!this.life.hasContent, "metadata is fetched once");
        return this.#begin();
      case "open-files":
        return this.#openFiles();
      case "close":
        must(!this.#isClosing, "a run is closed once");
        this.#isClosing = true;
        return;
      case "watch-folder":
      case "leave-folder":
        must(this.#isWatched === (effect.effect === "leave-folder"), "a folder is watched once");
        this.#isWatched = !this.#isWatched;
        return;
      case "emit-complete":
        this.#completions += 1;
        return must(this.#completions === 1, "`complete` is reported once");
      case "join-swarm":
        return must(this.#checked.has(this.life.runs), "a run serves what it has checked");
      case "write-held":
      case "retry-write":
        return must(this.#open.has(this.life.runs), "pieces come after the files");
      default:
    }
  }

  /** Metadata and files belong to one run. */
  #begin(): void {
    const isOtherOpen = this.#open.size > 0 && !this.#open.has(this.life.runs);
    must(!this.#isClosing && !isOtherOpen, "no two runs are open");
    this.#open.add(this.life.runs);
  }

  #openFiles(): void {
    this.#begin();
    const run = this.life.runs;
    this.ask(
      { event: "check-begun", run },
      { event: "checked", run },
      { event: "opened", run, isWhole: false, nowMs: 0 },
    );
  }

  #prove(before: Lifecycle, { event }: LifecycleEvent): void {
    const { run, runs, wish, hasContent } = this.life;
    const isWaiting = restOf(run)?.state === "waiting-for-folder";
    must(this.#shown === publicState(this.life), "the user has heard of the state");
    must(this.#isClosing === (run.state === "stopping"), "`stopping` lasts until all is closed");
    must(!isAtRest(run) || this.#open.size === 0, "at rest nothing is open");
    must(!isOpen(run) || !hasContent || this.#open.has(runs), "the present run is the open one");
    must(this.#isWatched === isWaiting, "a folder is watched while it is waited for");
    must(!isTransferring(run) || run.settling >= 0, "a move of bytes ends once");
    const isUsers = event === "start" || event === "stop" || event === "pause";
    must(isUsers || wish === before.wish, "the user alone changes the wish");
    const mayLeave = event === "start" || event === "stop" || event === "close";
    const hasLeft = before.run.state === "failed" && run.state !== "failed";
    must(!hasLeft || mayLeave, "from `failed` only the user's start leads out");
  }
}

function must(isTrue: boolean, rule: string): void {
  if (!isTrue) throw new Error(`broken: ${rule}`);
}

type Act = (torrent: CountedTorrent, asked: Asked) => void;

const fault = (code: string): TorrentFault => ({ code, message: code });
const heldFor = (code: string): HeldPieces => ({ code, writes: [], tried: undefined, tries: 0 });
const silent = fault("disk-not-answering");

/** The casts of the library to an engine that does not know the wish. */
const tell: Act = (torrent, { run, paused, isMoving }) => {
  if (!run || isMoving) return;
  torrent.dispatch({ event: "start" });
  if (paused) torrent.dispatch({ event: "pause" });
};

/** The actions of users and engines. */
const decisions: Readonly<Record<string, Act>> = {
  start(torrent, asked) {
    Object.assign(asked, { run: true, paused: false, isEnding: false });
    if (!asked.isMoving) torrent.dispatch({ event: "start" });
  },
  pause(torrent, asked) {
    asked.paused = true;
    torrent.dispatch({ event: "pause" });
  },
  stop(torrent, asked) {
    Object.assign(asked, { run: false, paused: false });
    torrent.dispatch({ event: "stop" });
  },
  move(torrent, asked) {
    asked.isMoving = true;
    torrent.dispatch({ event: "stop" });
  },
  remove(torrent, asked) {
    Object.assign(asked, { run: false, isRemoved: true });
    torrent.dispatch({ event: "close" });
  },
  "engine ends"(torrent, asked) {
    asked.isEnding = true;
    torrent.dispatch({ event: "close" });
  },
  "engine dies"(torrent, asked) {
    torrent.die();
    asked.isEnding = false;
    tell(torrent, asked);
  },
  "hash check"(torrent) {
    if (!isTransferring(torrent.life.run)) return;
    torrent.dispatch({ event: "some-missing" });
    torrent.ask({ event: "all-had", run: torrent.life.runs, isSeed: true, nowMs: 0 });
  },
  "priorities change"(torrent) {
    if (!isTransferring(torrent.life.run)) return;
    const run = torrent.life.runs;
    torrent.dispatch({ event: "settle-begun", run });
    torrent.ask({ event: "settle-ended", run }, { event: "all-had", run, isSeed: false, nowMs: 0 });
  },
};

const of =
  (event: LifecycleEvent): Act =>
  (torrent) =>
    torrent.dispatch(event);

/** The events of disks, threads and peers. */
const troubles: Readonly<Record<string, Act>> = {
  quarantine: of({ event: "failed", fault: fault("quarantined") }),
  "I/O error": of({ event: "failed", fault: fault("EIO") }),
  "folder goes": of({ event: "folder-refused", fault: fault("ENOENT"), isWatched: true }),
  "folder of a mere check goes": of({
    event: "folder-refused",
    fault: fault("ENOENT"),
    isWatched: false,
  }),
  "disk falls silent": of({ event: "disk-silent", fault: silent, disk: "data" }),
  "state folder falls silent": of({ event: "disk-silent", fault: silent, disk: "records" }),
  "disk fills": of({
    event: "writes-held",
    held: heldFor("disk-full"),
    fault: fault("disk-full"),
  }),
  "the queue is full": of({ event: "queued", isComplete: false }),
  "the queue is full before a whole torrent has joined": (torrent) => {
    const { run } = torrent.life;
    if (run.state !== "starting" && run.state !== "checking") return;
    torrent.dispatch({ event: "queued", isComplete: true });
  },
  "a write fails": of({ event: "writes-held", held: heldFor("EIO") }),
  "last piece": (torrent) =>
    torrent.ask({ event: "all-had", run: torrent.life.runs, isSeed: true, nowMs: 0 }),
};

/** Progress without the user, which ends every trouble. */
const progress: Readonly<Record<string, Act>> = {
  answer: (torrent) => torrent.answer(),
  closed: (torrent) => torrent.closed(),
  arrive(torrent, asked) {
    if (!asked.isMoving || torrent.life.run.state !== "stopped") return;
    asked.isMoving = false;
    if (!asked.isEnding) tell(torrent, asked);
  },
  "disk answers": of({ event: "disk-answered" }),
  "folder comes": of({ event: "folder-usable" }),
  "disk takes a piece": of({ event: "writes-taken" }),
  "a place is free": of({ event: "admitted" }),
  "metadata comes": of({ event: "metadata-complete" }),
};

/** One of these, as fast-check gives it an order. */
class NamedAct implements fc.Command<Asked, CountedTorrent> {
  readonly #name: string;
  readonly #act: Act;

  constructor([name, act]: readonly [string, Act]) {
    this.#name = name;
    this.#act = act;
  }

  /** A user who has removed a torrent asks nothing more of it. */
  check({ isRemoved }: Readonly<Asked>): boolean {
    return !isRemoved || decisions[this.#name] === undefined;
  }

  run(asked: Asked, torrent: CountedTorrent): void {
    this.#act(torrent, asked);
  }

  toString(): string {
    return this.#name;
  }
}

/** Every trouble ends, and everything that was asked is answered. */
function calm(asked: Asked, torrent: CountedTorrent): void {
  for (let round = 0; round < 5; round++) {
    torrent.answerAll();
    for (const act of Object.values(progress)) act(torrent, asked);
    torrent.answerAll();
  }
  // The library waits for the end of a move before it has a torrent removed.
  if (asked.isRemoved) torrent.dispatch({ event: "close" });
  torrent.closed();
}

/** The state that the user sees then. */
function reached({ run, paused, isEnding }: Asked, { life }: CountedTorrent): string {
  if (!run || isEnding) return "stopped";
  if (life.run.state === "failed") return "error";
  return paused ? "paused" : "active";
}

const everyAct = [decisions, troubles, progress].flatMap((acts) => Object.entries(acts));

test("in any order of events: one run at a time, and a wish is reached when the fault has ended", (t) => {
  const commands = fc.commands(
    everyAct.map((act) => fc.constant(new NamedAct(act))),
    { maxCommands: longest, size: "max" },
  );
  const property = fc.property(commands, fc.boolean(), (order, hasContent) => {
    const asked = { run: false, paused: false, isMoving: false, isRemoved: false, isEnding: false };
    const torrent = new CountedTorrent(hasContent);
    fc.modelRun(() => ({ model: asked, real: torrent }), order);
    calm(asked, torrent);
    must(publicState(torrent.life) === reached(asked, torrent), `it is ${torrent.life.run.state}`);
  });
  t.notThrows(() => fc.assert(property, { numRuns: sequences }));
});
