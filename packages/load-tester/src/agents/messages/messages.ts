// Messages between the leader of a run and its agents, each with its gate. Both sides are programs of other machines to each
// other: no length, type or name is believed.

import type { LoadEnd } from "@troupe/load-peers";
import { cleanText } from "@troupe/protocol/text";
import { mostAgents, mostThreads } from "../limits.ts";
import {
  boolean,
  list,
  number,
  object,
  optional,
  record,
  ShapeError,
  text,
  variant,
  whole,
  word,
  wrongShape,
  type Shape,
} from "../../json/shape.ts";
import { ContentFault } from "../../scenario/file/scenario-fault.ts";
import { readScenarioJson } from "../../scenario/scenario-json.ts";
import { windowShape } from "./window-shape.ts";
import { agentName } from "./subjects.ts";
import type { Window } from "../../measures/measures.ts";
import type { ReadyTarget, ReadyTorrent } from "../../generator/generator.messages.ts";
import type { PeersByGroup, ShareRange } from "../../generator/generators.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { FileShape } from "../../scenario/schema/file-shape.ts";

/** Leaders and agents of other versions refuse each other. */
export const messageVersion = 3;

/** A name that is one part of a subject. */
const token: Shape<string> = (value, path) => {
  if (typeof value === "string" && agentName.test(value)) return value;
  throw wrongShape(path, value, "a name of letters, digits, - and _");
};

/** A sentence for people, from outside. */
const sentence: Shape<string> = (value, path) => cleanText(text(2_000)(value, path), 300);

const epoch = number(0, 1e14);

/** An agent as it stands in the list of the server. */
export interface AgentEntry {
  readonly version: number;
  readonly name: string;
  /** Drawn at the start of the agent: tells two agents of one name apart. */
  readonly instance: string;
  readonly threads: number;
  readonly isBusy: boolean;
}

/** Gate of {@link AgentEntry}. */
export const agentEntryShape: Shape<AgentEntry> = object({
  version: whole(0, 1e6),
  name: token,
  instance: token,
  threads: whole(1, mostThreads),
  isBusy: boolean,
});

/** Asks an agent to fetch the plan of a run and to prepare its share. */
interface PrepareRequest {
  readonly run: string;
  readonly shares: ShareRange;
}

/** Gate of {@link PrepareRequest}. */
export const prepareRequestShape: Shape<PrepareRequest> = object({
  run: token,
  shares: object({
    first: whole(0, mostAgents * mostThreads),
    count: whole(1, mostThreads),
    of: whole(1, mostAgents * mostThreads),
  }),
});

/** A thread of an agent, with its share of the peers. */
interface PreparedGenerator {
  readonly name: string;
  readonly peers: number;
}

/** The answer to {@link PrepareRequest}. */
export type PrepareReply =
  | { readonly kind: "ready"; readonly generators: readonly PreparedGenerator[] }
  | { readonly kind: "refused"; readonly code: string; readonly message: string };

/** Gate of {@link PrepareReply}. */
export const prepareReplyShape: Shape<PrepareReply> = variant<PrepareReply, "kind">("kind", {
  ready: object({
    kind: word(["ready"]),
    generators: list(object({ name: token, peers: whole(0, 1e6) }), mostThreads),
  }),
  refused: object({ kind: word(["refused"]), code: token, message: sentence }),
});

/** The plan of a run, as an object; the .torrents are objects of their own. */
export interface PlanObject {
  readonly version: number;
  readonly scenario: Scenario;
  readonly targets: readonly ReadyTarget[];
  readonly torrents: readonly PlannedTorrent[];
}

/** A torrent of the plan; `elsewhere`: its content is a folder of the leader. */
interface PlannedTorrent {
  readonly name: string;
  readonly content: "pattern" | "unknown" | "elsewhere";
}

/** A plan as its leader sends it. */
export type SentPlan = Omit<PlanObject, "scenario"> & { readonly scenario: FileShape };

const ownVersion: Shape<number> = (value, path) => {
  if (value === messageVersion) return messageVersion;
  throw wrongShape(path, value, String(messageVersion));
};

const scenario: Shape<Scenario> = (value, path) => {
  try {
    return readScenarioJson(value);
  } catch (error) {
    if (error instanceof ContentFault) throw new ShapeError(`${path}: ${error.message}`);
    throw error;
  }
};

/** Gate of {@link PlanObject}. */
export const planShape: Shape<PlanObject> = object({
  version: ownVersion,
  scenario,
  targets: list(
    object({
      name: text(100),
      kind: word(["peer", "tracker", "dht"]),
      host: text(100),
      port: whole(0, 65_535),
      url: optional(text(2_048)),
    }),
    1_000,
  ),
  torrents: list(
    object({
      name: text(100),
      content: word(["pattern", "unknown", "elsewhere"]),
    }),
    1_000,
  ),
});

/** How a plan names the content of a torrent. */
export function plannedTorrent({ name, content }: ReadyTorrent): PlannedTorrent {
  return { name, content: content.kind === "folder" ? "elsewhere" : content.kind };
}

/** The answer of an agent that is asked for its time. */
export interface ClockReply {
  readonly epochMs: number;
}

/** Gate of {@link ClockReply}. */
export const clockReplyShape: Shape<ClockReply> = object({ epochMs: epoch });

/** Starts the load, at a time of the agent's own clock. */
interface BeginRequest {
  readonly run: string;
  readonly atEpochMs: number;
}

/** Gate of {@link BeginRequest}. */
export const beginRequestShape: Shape<BeginRequest> = object({
  run: token,
  atEpochMs: epoch,
});

/** Ends the load. */
interface EndRequest {
  readonly run: string;
  readonly how: LoadEnd;
}

/** Gate of {@link EndRequest}. */
export const endRequestShape: Shape<EndRequest> = object({
  run: token,
  how: word(["drained", "cut"]),
});

/** The answer to a request without a result. */
export interface DoneReply {
  /** `not-now`: the start is not near the time of the agent's clock. */
  readonly kind: "done" | "not-mine" | "not-now";
}

/** Gate of {@link DoneReply}. */
export const doneReplyShape: Shape<DoneReply> = object({
  kind: word(["done", "not-mine", "not-now"]),
});

/** A beat of an agent whose run is prepared or under way. */
interface AgentBeat {
  readonly agent: string;
}

/** Gate of {@link AgentBeat}. */
export const agentBeatShape: Shape<AgentBeat> = object({ agent: token });

/** A message of the stream. Messages of an agent are numbered from 0, without gaps but for dropped ones. */
export type StreamMessage = { readonly agent: string; readonly number: number } & (
  | { readonly kind: "window"; readonly generator: string; readonly window: Window }
  /** A thread of the agent died. */
  | {
      readonly kind: "lost";
      readonly generator: string;
      readonly peers: PeersByGroup;
      readonly reason: string;
    }
  /** The last message of the agent; a reason when it ended by itself. */
  | { readonly kind: "ended"; readonly dropped: number; readonly reason: string | undefined }
);

const numbered = { agent: token, number: whole(0, 1e9) };

/** Gate of {@link StreamMessage}. */
export const streamMessageShape: Shape<StreamMessage> = variant<StreamMessage, "kind">("kind", {
  window: object({ ...numbered, kind: word(["window"]), generator: token, window: windowShape }),
  lost: object({
    ...numbered,
    kind: word(["lost"]),
    generator: token,
    peers: record(whole(0, 1e6), 1_000),
    reason: sentence,
  }),
  ended: object({
    ...numbered,
    kind: word(["ended"]),
    dropped: whole(0, 1e9),
    reason: optional(sentence),
  }),
});
