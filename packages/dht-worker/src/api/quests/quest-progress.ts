// The findings of a quest, and its listeners and loops that wait for more. The node refers to a quest weakly: a quest that
// its user has dropped is cancelled. While a loop waits for the next event, only the node can reach the quest, so its
// reference is strong then.

import { callSafely, Deferred, EventQueue } from "@troupe/api-base";
import { TroupeError } from "@troupe/control";
import type { BeginDhtQuest, DhtItem, DhtNodeAddress, DhtQuestAnswer } from "@troupe/messages";
import type { DhtQuestRound } from "@troupe/messages";
import { addressKey } from "@troupe/protocol/address";
import { nodeOf, spellBytes, type DhtNode, type Spelled } from "../dht-values.ts";
import type { DhtPeer } from "./quest-results.ts";

/** Nodes that a quest remembers; the oldest are forgotten first. */
const mostQuestNodes = 1_000;
/** Results that a quest remembers, and never yields again. */
const mostQuestResults = 10_000;

/** A node answered a quest. */
export interface DhtAnswer {
  /** Target of the quest, 40 hexadecimal digits. */
  readonly target: string;
  readonly node: DhtNode;
  /** Peers that it named; perhaps none. */
  readonly peers: readonly DhtPeer[];
}

/** A round of a quest: a look-up in the DHT of each address family. Ids are hexadecimal digits. */
export type DhtRound = Spelled<Omit<DhtQuestRound, "quest">>;

/** Turns the notices of a quest into its results, each with a key by which a result is yielded once. */
export interface QuestResults<Found> {
  ofAnswer?(answer: DhtAnswer): Iterable<readonly [key: string, found: Found]>;
  ofItem?(item: DhtItem, node: DhtNode): Iterable<readonly [key: string, found: Found]>;
  ofRound?(round: DhtRound, number: number): Iterable<readonly [key: string, found: Found]>;
}

/** The parts of a node that a quest needs. */
export interface QuestOwner {
  /** No notice follows. */
  cancelled(progress: QuestProgress<unknown>): void;
  hold(progress: QuestProgress<unknown>): void;
  release(progress: QuestProgress<unknown>): void;
}

/** The parts of a new quest. */
export interface QuestParts<Found> {
  readonly begun: BeginDhtQuest;
  readonly target: string;
  readonly results: QuestResults<Found>;
  readonly owner: QuestOwner;
  readonly onNode?: ((answer: DhtAnswer) => void) | undefined;
}

type State =
  | { readonly kind: "running" }
  | { readonly kind: "ended" }
  | { readonly kind: "failed"; readonly error: Error };

/** The progress of a quest. */
export class QuestProgress<Found> {
  readonly target: string;
  /** Number of the quest. */
  readonly id: number;
  /** Called once, when no result follows any more. */
  onEnd: (() => void) | undefined;
  readonly #parts: QuestParts<Found>;
  readonly #nodes = new Map<string, DhtNode>();
  readonly #found = new Map<string, Found>();
  readonly #loops = new Set<EventQueue<Found>>();
  #state: State = { kind: "running" };
  #round = new Deferred<DhtRound>();
  #rounds = 0;
  #waits = 0;

  constructor(parts: QuestParts<Found>) {
    this.#parts = parts;
    this.target = parts.target;
    this.id = parts.begun.quest;
  }

  get nodes(): readonly DhtNode[] {
    return [...this.#nodes.values()];
  }

  get found(): readonly Found[] {
    return [...this.#found.values()];
  }

  get isEnded(): boolean {
    return this.#state.kind !== "running";
  }

  /** The round under way; the last one after the end. */
  round(): Promise<DhtRound> {
    const { promise } = this.#round;
    return this.isEnded ? promise : this.#waitFor(promise);
  }

  /** Results so far, and then each further one. */
  loop(): AsyncIterableIterator<Found> {
    const queue: EventQueue<Found> = new EventQueue({ ended: () => this.#loops.delete(queue) });
    for (const found of this.#found.values()) queue.push(found);
    if (this.isEnded) queue.end();
    else this.#loops.add(queue);
    return new QuestLoop(queue, (next) => this.#next(next));
  }

  answered({
    node,
    peers,
  }: { readonly node: DhtNodeAddress } & Pick<DhtQuestAnswer, "peers">): void {
    const answer = { target: this.target, node: nodeOf(node), peers };
    remember(this.#nodes, nodeKey(answer.node), answer.node, mostQuestNodes);
    const { onNode, results } = this.#parts;
    if (onNode !== undefined) callSafely(() => onNode(answer));
    this.#add(results.ofAnswer?.(answer));
  }

  item(item: DhtItem, node: DhtNodeAddress): void {
    this.#add(this.#parts.results.ofItem?.(item, nodeOf(node)));
  }

  roundEnded(message: DhtQuestRound): void {
    const { quest: _, ...round } = message;
    const ended = spellBytes(round);
    this.#rounds++;
    this.#add(this.#parts.results.ofRound?.(ended, this.#rounds));
    const waiting = this.#round;
    if (round.isLast) this.#end({ kind: "ended" });
    else this.#round = new Deferred();
    waiting.resolve(ended);
  }

  /** Loops end, after the results that wait in them. */
  cancel(): void {
    if (this.isEnded) return;
    this.#end({ kind: "ended" });
    const message = `the quest for ${this.target} was cancelled`;
    this.#round.reject(new TroupeError("quest-cancelled", message));
    this.#parts.owner.cancelled(this);
  }

  /** The node cannot go on with it: loops throw. */
  fail(error: Error): void {
    if (this.isEnded) return;
    this.#end({ kind: "failed", error });
    this.#round.reject(error);
  }

  #end(state: State): void {
    this.#state = state;
    this.onEnd?.();
    for (const loop of [...this.#loops]) loop.end();
  }

  #add(results: Iterable<readonly [key: string, found: Found]> | undefined): void {
    for (const [key, found] of results ?? []) {
      if (this.#found.has(key)) continue;
      remember(this.#found, key, found, mostQuestResults);
      for (const loop of this.#loops) loop.push(found);
    }
  }

  async #next(next: Promise<IteratorResult<Found>>): Promise<IteratorResult<Found>> {
    const result = await this.#waitFor(next);
    if (result.done === true && this.#state.kind === "failed") throw this.#state.error;
    return result;
  }

  async #waitFor<Value>(work: Promise<Value>): Promise<Value> {
    const { owner } = this.#parts;
    if (this.#waits++ === 0) owner.hold(this);
    try {
      return await work;
    } finally {
      if (--this.#waits === 0) owner.release(this);
    }
  }
}

class QuestLoop<Found> implements AsyncIterableIterator<Found> {
  readonly #queue: EventQueue<Found>;
  readonly #next: (next: Promise<IteratorResult<Found>>) => Promise<IteratorResult<Found>>;

  constructor(
    queue: EventQueue<Found>,
    next: (next: Promise<IteratorResult<Found>>) => Promise<IteratorResult<Found>>,
  ) {
    this.#queue = queue;
    this.#next = next;
  }

  next(): Promise<IteratorResult<Found>> {
    return this.#next(this.#queue.next());
  }

  return(): Promise<IteratorResult<Found>> {
    return this.#queue.return();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function nodeKey({ id, host, port }: DhtNode): string {
  return `${id} ${addressKey(host, port)}`;
}

function remember<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
  map.delete(key);
  if (map.size >= most) {
    const oldest = map.keys().next().value;
    if (oldest !== undefined) map.delete(oldest);
  }
  map.set(key, value);
}
