// Messages between the leader of a run and its agents, each with its gate. Both sides are programs of other machines to each
// other: no length, type or name is believed.

import type { LoadEnd } from "@troupe/load-peers";
import { cleanText } from "@troupe/protocol/text";
import { mostAgents, mostThreads } from "../limits.ts";
import {
  list,
  maybe,
  number,
  record,
  ShapeError,
  table,
  text,
  variant,
  whole,
  word,
  yesOrNo,
  type Reader,
} from "./shape.ts";
import { scenarioShape } from "./scenario-shape.ts";
import { windowShape } from "./window-shape.ts";
import { agentName } from "./subjects.ts";
import type { Window } from "../../measures/measures.ts";
import type { ReadyTarget, ReadyTorrent } from "../../generator/generator.messages.ts";
import type { PeersByGroup, ShareRange } from "../../generator/generators.ts";
import type { Scenario } from "../../scenario/scenario.ts";

/** Leaders and agents of other versions refuse each other. */
export const messageVersion = 2;

/** A name that is one part of a subject. */
const token: Reader<string> = (value, at) => {
  if (typeof value === "string" && agentName.test(value)) return value;
  throw new ShapeError(`${at} is not a name of letters, digits, - and _`);
};

/** A sentence for people, from outside. */
const sentence: Reader<string> = (value, at) => cleanText(text(2_000)(value, at), 300);

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
export const agentEntryShape: Reader<AgentEntry> = record<AgentEntry>({
  version: whole(0, 1e6),
  name: token,
  instance: token,
  threads: whole(1, mostThreads),
  isBusy: yesOrNo,
});

/** Asks an agent to fetch the plan of a run and to prepare its share. */
interface PrepareRequest {
  readonly run: string;
  readonly shares: ShareRange;
}

/** Gate of {@link PrepareRequest}. */
export const prepareRequestShape: Reader<PrepareRequest> = record<PrepareRequest>({
  run: token,
  shares: record<ShareRange>({
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
export const prepareReplyShape: Reader<PrepareReply> = variant<PrepareReply, "kind">("kind", {
  ready: record({
    kind: word("ready"),
    generators: list(record<PreparedGenerator>({ name: token, peers: whole(0, 1e6) }), mostThreads),
  }),
  refused: record({ kind: word("refused"), code: token, message: sentence }),
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

/** Gate of {@link PlanObject}. */
export const planShape: Reader<PlanObject> = record<PlanObject>({
  version: whole(0, 1e6),
  scenario: scenarioShape,
  targets: list(
    record<ReadyTarget>({
      name: text(100),
      kind: word("peer", "tracker", "dht"),
      host: text(100),
      port: whole(0, 65_535),
      url: maybe(text(2_048)),
    }),
    1_000,
  ),
  torrents: list(
    record<PlannedTorrent>({
      name: text(100),
      content: word("pattern", "unknown", "elsewhere"),
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
export const clockReplyShape: Reader<ClockReply> = record<ClockReply>({ epochMs: epoch });

/** Starts the load, at a time of the agent's own clock. */
interface BeginRequest {
  readonly run: string;
  readonly atEpochMs: number;
}

/** Gate of {@link BeginRequest}. */
export const beginRequestShape: Reader<BeginRequest> = record<BeginRequest>({
  run: token,
  atEpochMs: epoch,
});

/** Ends the load. */
interface EndRequest {
  readonly run: string;
  readonly how: LoadEnd;
}

/** Gate of {@link EndRequest}. */
export const endRequestShape: Reader<EndRequest> = record<EndRequest>({
  run: token,
  how: word("drained", "cut"),
});

/** The answer to a request without a result. */
export interface DoneReply {
  /** `not-now`: the start is not near the time of the agent's clock. */
  readonly kind: "done" | "not-mine" | "not-now";
}

/** Gate of {@link DoneReply}. */
export const doneReplyShape: Reader<DoneReply> = record<DoneReply>({
  kind: word("done", "not-mine", "not-now"),
});

/** A beat of an agent whose run is prepared or under way. */
interface AgentBeat {
  readonly agent: string;
}

/** Gate of {@link AgentBeat}. */
export const agentBeatShape: Reader<AgentBeat> = record<AgentBeat>({ agent: token });

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
export const streamMessageShape: Reader<StreamMessage> = variant<StreamMessage, "kind">("kind", {
  window: record({ ...numbered, kind: word("window"), generator: token, window: windowShape }),
  lost: record({
    ...numbered,
    kind: word("lost"),
    generator: token,
    peers: table(whole(0, 1e6), 1_000),
    reason: sentence,
  }),
  ended: record({
    ...numbered,
    kind: word("ended"),
    dropped: whole(0, 1e9),
    reason: maybe(sentence),
  }),
});
