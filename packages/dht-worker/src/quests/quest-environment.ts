import type {
  DhtEndpoint,
  DhtItem,
  DhtNodeAddress,
  DhtQuestAnswer,
  DhtQuestRound,
} from "@troupe/messages";
import type { Contact, NodeId } from "@troupe/protocol/dht";
import type { AddressFamily } from "@troupe/protocol/tracker";
import type { LookUpOptions } from "../look-up/look-up.ts";
import type { SearchQueue } from "../look-up/search-queue.ts";

/** The network of one family, as quests use it. */
export interface QuestFamily {
  readonly family: AddressFamily;
  /** Look-ups can start: the family has nodes, and they answer. */
  readonly isReady: boolean;
  /** The start of a look-up: nodes of the routing table and of earlier look-ups. */
  lookUpOptions(target: NodeId, nowMs: number): LookUpOptions;
  /** The IP filter lets the address pass, and it is not ours. */
  readonly admits: (endpoint: DhtEndpoint) => boolean;
  /** A look-up has ended at these nodes. */
  reached(nodes: readonly Contact[], nowMs: number): void;
}

/** Notices of quests. */
interface QuestNotices {
  answer(answer: DhtQuestAnswer): void;
  item(found: {
    readonly quest: number;
    readonly item: DhtItem;
    readonly node: DhtNodeAddress;
  }): void;
  round(round: DhtQuestRound): void;
}

/** The parts of a node that quests use. */
export interface QuestEnvironment {
  readonly queue: SearchQueue;
  /** Families with a socket. */
  families(): readonly QuestFamily[];
  /** Our TCP port as the internet reaches it; undefined while no listener runs. */
  publicPort(): number | undefined;
  readonly notices: QuestNotices;
}
