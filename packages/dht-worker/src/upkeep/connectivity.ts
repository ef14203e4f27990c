// Whether a node is part of the DHT. A bootstrap has stages, each with its own addresses: the stages begin one after another
// until a node answers. Without any answer it is repeated after a pause that doubles.

/** The stages of a bootstrap, in order. */
export const bootstrapStages = ["known", "user", "torrent", "port", "router"] as const;

/** Where the addresses of a stage come from. */
export type BootstrapStage = (typeof bootstrapStages)[number];

/** From a stage without an answer to the next one. */
const stageMs = 2_000;
/** From the first failed bootstrap to the next one. */
const firstPauseMs = 5_000;
/** The pause doubles up to this. */
const longestPauseMs = 300_000;

/** The states of a node. */
export type Connectivity =
  | {
      readonly kind: "bootstrapping";
      /** The next of {@link bootstrapStages} to begin, at `nextStageMs`; none after an answer. */
      readonly nextStage: number;
      readonly nextStageMs: number;
      /** Look-ups and names of the stages that have begun. */
      readonly openTasks: number;
      readonly hasAnswer: boolean;
      /** After a failure. */
      readonly pauseMs: number;
    }
  | { readonly kind: "running" }
  /** No node answers. */
  | { readonly kind: "empty"; readonly nextMs: number; readonly pauseMs: number };

/** The events of a node. */
export type ConnectivityEvent =
  /** Time has passed. */
  | { readonly kind: "time" }
  /** The stage that was to begin has so many look-ups and names. */
  | { readonly kind: "stage-begun"; readonly tasks: number }
  | { readonly kind: "task-ended" }
  | { readonly kind: "answer" }
  /** This machine has another address, or the network is back. */
  | { readonly kind: "network-changed" }
  /** The table is empty, or no node answers any more. */
  | { readonly kind: "cut-off" };

/** The state of a node with a new socket. */
export function firstBootstrap(nowMs: number): Connectivity {
  return bootstrapping(nowMs, firstPauseMs);
}

/** @returns The state after the event; the same state for an event that does not belong to it. */
export function connectivityAfter(
  state: Connectivity,
  event: ConnectivityEvent,
  nowMs: number,
): Connectivity {
  switch (state.kind) {
    case "running":
      return event.kind === "cut-off"
        ? { kind: "empty", nextMs: nowMs + firstPauseMs, pauseMs: firstPauseMs }
        : state;
    case "empty":
      if (event.kind === "answer" || event.kind === "network-changed")
        return bootstrapping(nowMs, firstPauseMs);
      // Any address may be wrong: those of strangers must not make the pauses short.
      if (event.kind === "time" && nowMs >= state.nextMs)
        return bootstrapping(nowMs, nextPauseMs(state.pauseMs));
      return state;
    case "bootstrapping":
      return afterStep(state, event, nowMs);
  }
}

/** @returns The stage that is to begin now. */
export function stageDue(state: Connectivity, nowMs: number): BootstrapStage | undefined {
  if (state.kind !== "bootstrapping" || state.hasAnswer || nowMs < state.nextStageMs)
    return undefined;
  return bootstrapStages[state.nextStage];
}

/** @returns When the state changes by itself; Infinity: never. */
export function connectivityDueMs(state: Connectivity): number {
  if (state.kind === "empty") return state.nextMs;
  if (state.kind === "running" || state.hasAnswer) return Infinity;
  return state.nextStage < bootstrapStages.length ? state.nextStageMs : Infinity;
}

type Bootstrapping = Extract<Connectivity, { readonly kind: "bootstrapping" }>;

function bootstrapping(nowMs: number, pauseMs: number): Bootstrapping {
  return {
    kind: "bootstrapping",
    nextStage: 0,
    nextStageMs: nowMs,
    openTasks: 0,
    hasAnswer: false,
    pauseMs,
  };
}

function afterStep(state: Bootstrapping, event: ConnectivityEvent, nowMs: number): Connectivity {
  switch (event.kind) {
    case "stage-begun": {
      const { tasks } = event;
      // An empty stage does not hold up the next one.
      const nextStageMs = tasks === 0 ? nowMs : nowMs + stageMs;
      const openTasks = state.openTasks + tasks;
      return settled({ ...state, nextStage: state.nextStage + 1, nextStageMs, openTasks }, nowMs);
    }
    case "task-ended":
      return settled({ ...state, openTasks: state.openTasks - 1 }, nowMs);
    case "answer":
      return state.nextStage === 0 ? state : settled({ ...state, hasAnswer: true }, nowMs);
    default:
      return state;
  }
}

/** Ends a bootstrap without open tasks, or begins its next stage early. */
function settled(state: Bootstrapping, nowMs: number): Connectivity {
  if (state.openTasks > 0) return state;
  if (state.hasAnswer) return { kind: "running" };
  if (state.nextStage < bootstrapStages.length) return { ...state, nextStageMs: nowMs };
  return { kind: "empty", nextMs: nowMs + state.pauseMs, pauseMs: state.pauseMs };
}

function nextPauseMs(pauseMs: number): number {
  return Math.min(2 * pauseMs, longestPauseMs);
}
