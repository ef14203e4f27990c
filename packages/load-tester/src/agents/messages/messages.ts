// Messages between the leader of a run and its agents, each with its gate. Both sides are programs of other machines to each
// other: no length, type or name is believed.

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
import { ContentFault } from "@troupe/yaml-file";
import { readScenarioJson } from "../../scenario/scenario-json.ts";
import { windowShape } from "./window-shape.ts";
import { agentName } from "./subjects.ts";
import type { ReadyTorrent } from "../../generator/generator.messages.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import type { FileShape } from "../../scenario/schema/file-shape.ts";

/** Leaders and agents of other versions refuse each other. */
export const messageVersion = 4;

/** A name that is one part of a subject. */
const token: Shape<string> = (value, path) => {
  if (typeof value === "string" && agentName.test(value)) return value;
  throw wrongShape(path, value, "a name of letters, digits, - and _");
};

/** A sentence for people, from outside. */
const sentence: Shape<string> = (value, path) => cleanText(text(2_000)(value, path), 300);

const epoch = number(0, 1e14);

/** Gate of an agent as it stands in the list of the server. */
export const agentEntryShape = object({
  version: whole(0, 1e6),
  name: token,
  /** Drawn at the start of the agent: tells two agents of one name apart. */
  instance: token,
  threads: whole(1, mostThreads),
  isBusy: boolean,
});

/** An agent as it stands in the list of the server. */
export type AgentEntry = ReturnType<typeof agentEntryShape>;

/** Gate of a request to fetch the plan of a run and to prepare a share. */
export const prepareRequestShape = object({
  run: token,
  shares: object({
    first: whole(0, mostAgents * mostThreads),
    count: whole(1, mostThreads),
    of: whole(1, mostAgents * mostThreads),
  }),
});

/** Gate of the answer: the threads of the agent with their peers, or a refusal. */
export const prepareReplyShape = variant("kind", {
  ready: object({
    kind: word(["ready"]),
    generators: list(object({ name: token, peers: whole(0, 1e6) }), mostThreads),
  }),
  refused: object({ kind: word(["refused"]), code: token, message: sentence }),
});

/** The answer to a request to prepare. */
export type PrepareReply = ReturnType<typeof prepareReplyShape>;

/** The answer of an agent that does not run a plan. */
export function refused(code: string, message: string): PrepareReply {
  return { kind: "refused", code, message };
}

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

/** A torrent of a plan; `elsewhere`: its content is a folder of the leader. */
const plannedTorrentShape = object({
  name: text(100),
  content: word(["pattern", "unknown", "elsewhere"]),
});

/** Gate of the plan of a run, as an object; the .torrents are objects of their own. */
export const planShape = object({
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
  torrents: list(plannedTorrentShape, 1_000),
});

/** The plan of a run after its gate. */
export type PlanObject = ReturnType<typeof planShape>;

/** A plan as its leader sends it. */
export type SentPlan = Omit<PlanObject, "scenario"> & { readonly scenario: FileShape };

/** How a plan names the content of a torrent. */
export function plannedTorrent({
  name,
  content,
}: ReadyTorrent): ReturnType<typeof plannedTorrentShape> {
  return { name, content: content.kind === "folder" ? "elsewhere" : content.kind };
}

/** Gate of the answer of an agent that is asked for its time: milliseconds since 1970. */
export const clockReplyShape = object({ epochMs: epoch });

/** Gate of the start of the load, at a time of the agent's own clock. */
export const beginRequestShape = object({ run: token, atEpochMs: epoch });

/** Gate of the end of the load. */
export const endRequestShape = object({ run: token, how: word(["drained", "cut"]) });

/** Gate of the answer to a request without a result. `not-now`: the start is not near the time of the agent's clock. */
export const doneReplyShape = object({ kind: word(["done", "not-mine", "not-now"]) });

/** The answer to a request without a result. */
export type DoneReply = ReturnType<typeof doneReplyShape>;

/** Gate of a beat of an agent whose run is prepared or under way. */
export const agentBeatShape = object({ agent: token });

const numbered = { agent: token, number: whole(0, 1e9) };

/** Gate of a message of the stream. Messages of an agent are numbered from 0, without gaps but for dropped ones. */
export const streamMessageShape = variant("kind", {
  window: object({ ...numbered, kind: word(["window"]), generator: token, window: windowShape }),
  /** A thread of the agent died. */
  lost: object({
    ...numbered,
    kind: word(["lost"]),
    generator: token,
    peers: record(whole(0, 1e6), 1_000),
    reason: sentence,
  }),
  /** The last message of the agent; a reason when it ended by itself. */
  ended: object({
    ...numbered,
    kind: word(["ended"]),
    dropped: whole(0, 1e9),
    reason: optional(sentence),
  }),
});

/** A message of the stream. */
export type StreamMessage = ReturnType<typeof streamMessageShape>;
