import test from "ava";
import fc from "fast-check";
import type { DhtItem, DhtQuestAnswer, DhtQuestRound, DhtQuestSubject } from "@troupe/messages";
import {
  bloomFilterBytes,
  encodeNodes,
  immutableTarget,
  insertAddress,
  mutableTarget,
  nodeIdFrom,
  signItem,
  type Contact,
  type KrpcAnswer,
} from "@troupe/protocol/dht";
import { encodeCompact4, type AddressFamily } from "@troupe/protocol/tracker";
import type { Refusal, SearchQuery } from "../../src/look-up/search.ts";
import { SearchQueue } from "../../src/look-up/search-queue.ts";
import type { QuestFamily } from "../../src/quests/quest-environment.ts";
import { mostQuests, Quests } from "../../src/quests/quests.ts";
import { withoutNodesMs } from "../../src/quests/quest-state.ts";

const target = nodeIdFrom(new Uint8Array(20).fill(0xaa));
const token = Uint8Array.of(9);
const repeatMs = 300_000;

/** Nodes 1 to 9 of a family. */
function node(family: AddressFamily, number: number): Contact {
  const host = family === 4 ? `45.10.${number}.1` : `2a00:${number}::1`;
  return { id: nodeIdFrom(new Uint8Array(20).fill(number)), host, port: 6881 };
}

/** Two families with three nodes each, which answer as the test says. */
function scene({ ready = [4, 6] as readonly AddressFamily[], lookUps = 16 } = {}) {
  let nowMs = 0;
  const queue = new SearchQueue(lookUps);
  const reached: string[] = [];
  const answers: DhtQuestAnswer[] = [];
  const rounds: DhtQuestRound[] = [];
  const items: { readonly quest: number; readonly item: DhtItem }[] = [];
  const readyNow = new Set(ready);
  const start = new Map(([4, 6] as const).map((of) => [of, [1, 2, 3].map((at) => node(of, at))]));
  const port = { now: 7000 as number | undefined };
  const familyOf = (family: AddressFamily): QuestFamily => ({
    family,
    get isReady() {
      return readyNow.has(family);
    },
    lookUpOptions: (target) => ({
      target,
      family,
      start: start.get(family) ?? [],
      hasSybilRules: true,
      admits: () => true,
    }),
    admits: () => true,
    reached: (nodes) => void reached.push(...nodes.map(({ host }) => host)),
  });
  const families = [familyOf(4), familyOf(6)];
  const quests = new Quests({
    queue,
    families: () => families,
    publicPort: () => port.now,
    notices: {
      answer: (answer) => void answers.push(answer),
      item: (found) => void items.push(found),
      round: (round) => void rounds.push(round),
    },
  });
  const begin = (quest: number, subject: DhtQuestSubject, repeatMs?: number) =>
    quests.begin({ quest, subject, ...(repeatMs !== undefined && { repeatMs }) }, nowMs);
  const ask = (): SearchQuery[] => {
    const queries: SearchQuery[] = [];
    for (let one = queue.next(nowMs); one !== undefined; one = queue.next(nowMs)) queries.push(one);
    return queries;
  };
  const idOf = ({ family, host }: SearchQuery) =>
    [1, 2, 3, 4].map((at) => node(family, at)).find((one) => one.host === host)?.id ?? target;
  /** Answers all queries until none is left. @returns their methods and hosts. */
  const answerAll = (
    answerOf: (query: SearchQuery) => Partial<KrpcAnswer> | Refusal | undefined = () => ({}),
  ): string[] => {
    const asked: string[] = [];
    for (let queries = ask(); queries.length > 0; queries = ask()) {
      for (const query of queries) {
        asked.push(`${query.query.method} ${query.host}`);
        const answer = answerOf(query);
        if (answer === undefined) query.search.failed(query, undefined, nowMs);
        else if ("code" in answer) query.search.failed(query, answer, nowMs);
        else query.search.answered(query, { id: idOf(query), token, ...answer }, nowMs);
      }
    }
    return asked;
  };
  const wait = (ms: number): void => {
    nowMs += ms;
    quests.wake(nowMs);
  };
  const becomeReady = (family: AddressFamily): void => {
    readyNow.add(family);
    const of = families.find((one) => one.family === family);
    if (of !== undefined) quests.familyReady(of, nowMs);
  };
  return {
    ...{ quests, queue, begin, ask, answerAll, wait, becomeReady },
    ...{ answers, rounds, items, reached, readyNow, port, start },
  };
}

test("ND4: a get-peers quest reports each node that answers, with its peers, as they arrive", (t) => {
  const { begin, ask, answerAll, answers, rounds } = scene({ ready: [4] });
  begin(1, { kind: "get-peers", target });
  const [first] = ask();
  if (first === undefined) return t.fail();
  const peer = { host: "45.99.1.1", port: 5 };
  const values = encodeCompact4([peer, { host: "10.0.0.1", port: 6 }]);
  first.search.answered(first, { id: node(4, 2).id, values }, 10);
  t.deepEqual(answers, [{ quest: 1, node: node(4, 2), peers: [peer] }]);
  t.deepEqual(answerAll(), []);
  t.is(rounds.length, 0);
});

test("ND4: a quest repeats after the end of its round until it is cancelled", (t) => {
  const { quests, begin, answerAll, wait, rounds } = scene({ ready: [4] });
  begin(1, { kind: "find-node", target }, repeatMs);
  t.is(answerAll().length, 3);
  t.like(rounds[0], { quest: 1, isLast: false, asked: 3, answered: 3, stored: 0, peers: 0 });
  t.deepEqual(
    rounds[0]?.nearest.map(({ host }) => host),
    [2, 3, 1].map((at) => node(4, at).host),
  );
  t.is(quests.nextChangeMs, repeatMs);
  wait(repeatMs - 1);
  t.deepEqual(answerAll(), []);
  wait(1);
  t.is(answerAll().length, 3);
  t.is(rounds.length, 2);
  quests.cancel(1);
  wait(10 * repeatMs);
  t.deepEqual(answerAll(), []);
  t.is(quests.size, 0);
});

test("ND4: a quest without repetition ends with its first round", (t) => {
  const { quests, begin, answerAll, wait, rounds } = scene();
  begin(1, { kind: "find-node", target });
  answerAll();
  t.true(rounds[0]?.isLast);
  t.is(quests.size, 0);
  t.is(quests.nextChangeMs, undefined);
  wait(repeatMs);
  t.deepEqual(answerAll(), []);
});

test("ND4: a cancelled quest sends no query and reports nothing, also for answers on their way", (t) => {
  const { quests, queue, begin, ask, answers, rounds, answerAll } = scene();
  begin(1, { kind: "get-peers", target }, repeatMs);
  const queries = ask();
  quests.cancel(1);
  quests.cancel(1);
  for (const query of queries) query.search.answered(query, { id: node(4, 1).id }, 5);
  t.deepEqual(answerAll(), []);
  t.deepEqual([answers, rounds], [[], []]);
  t.is(queue.active + queue.waiting, 0);
});

test("ND5: an announce looks its nodes up and uses the token that each of them gave", (t) => {
  const { begin, answerAll, rounds } = scene({ ready: [4] });
  begin(1, { kind: "announce-peer", target });
  const tokens: string[] = [];
  const asked = answerAll(({ query, host }) => {
    if (query.method !== "announce_peer") return { token: Buffer.from(`token of ${host}`) };
    t.like(query, { target, port: 7000, isPortImplied: false });
    tokens.push(Buffer.from(query.token).toString());
    return {};
  });
  t.deepEqual(
    asked.map((text) => text.split(" ")[0]),
    [
      ...Array.from({ length: 3 }, () => "get_peers"),
      ...Array.from({ length: 3 }, () => "announce_peer"),
    ],
  );
  t.deepEqual(
    tokens,
    [2, 3, 1].map((at) => `token of ${node(4, at).host}`),
  );
  t.like(rounds[0], { stored: 3 });
});

test("ND5: an announce without a port of ours looks peers up and stores nothing", (t) => {
  const { begin, answerAll, port, rounds } = scene({ ready: [4] });
  port.now = undefined;
  begin(1, { kind: "announce-peer", target });
  t.is(answerAll().length, 3);
  t.like(rounds[0], { answered: 3, stored: 0 });
  const given = scene({ ready: [4] });
  given.port.now = undefined;
  given.begin(1, { kind: "announce-peer", target, port: 80 });
  t.is(given.answerAll().length, 6);
});

test("both families are searched, and their round is reported once", (t) => {
  const { begin, answerAll, rounds, reached } = scene();
  begin(1, { kind: "get-peers", target });
  const values = encodeCompact4([{ host: "45.99.1.1", port: 5 }]);
  answerAll(() => ({ values }));
  t.is(rounds.length, 1);
  t.like(rounds[0], { asked: 6, answered: 6, peers: 1 });
  t.is(rounds[0]?.nearest.length, 6);
  t.is(reached.length, 6);
});

test("a family whose nodes become known later joins the round, or gets a round of its own", (t) => {
  const { begin, answerAll, becomeReady, rounds, wait } = scene({ ready: [4] });
  begin(1, { kind: "get-peers", target }, repeatMs);
  begin(2, { kind: "get-peers", target }, repeatMs);
  answerAll();
  t.is(rounds.length, 2);
  wait(1_000);
  becomeReady(6);
  t.is(answerAll().length, 6);
  t.is(rounds.length, 4);
  t.like(rounds[2], { asked: 3, isLast: false, tookMs: 0 });
  wait(repeatMs - 1_000);
  t.is(answerAll().length, 12, "the next round is due as before, in both families");
  const joining = scene({ ready: [4] });
  joining.begin(1, { kind: "get-peers", target });
  joining.becomeReady(6);
  joining.answerAll();
  t.is(joining.rounds.length, 1);
  t.like(joining.rounds[0], { asked: 6 });
});

test("a quest waits for the first node, and ends its round when none becomes known in 30 s", (t) => {
  const { quests, begin, answerAll, becomeReady, wait, rounds } = scene({ ready: [] });
  begin(1, { kind: "get-peers", target }, repeatMs);
  t.deepEqual(answerAll(), []);
  t.is(quests.nextChangeMs, withoutNodesMs);
  wait(withoutNodesMs);
  t.like(rounds[0], { asked: 0, tookMs: withoutNodesMs, isLast: false });
  wait(1);
  becomeReady(4);
  t.is(answerAll().length, 3, "it does not wait for its next round");
  t.like(rounds[1], { asked: 3 });
  const soon = scene({ ready: [] });
  soon.begin(1, { kind: "get-peers", target });
  soon.wait(5_000);
  soon.becomeReady(4);
  soon.answerAll();
  t.like(soon.rounds[0], { asked: 3, tookMs: 5_000, waitedMs: 5_000, isLast: true });
});

test("a family of which no node answered is searched again when its nodes become known again", (t) => {
  const { begin, answerAll, becomeReady, rounds, wait } = scene({ ready: [4] });
  begin(1, { kind: "get-peers", target }, repeatMs);
  answerAll(() => undefined);
  t.like(rounds[0], { asked: 3, answered: 0 });
  wait(10_000);
  becomeReady(4);
  answerAll();
  t.like(rounds[1], { asked: 3, answered: 3 });
  becomeReady(4);
  t.deepEqual(answerAll(), []);
});

test("the round says how long the quest waited for its turn", (t) => {
  const { begin, ask, wait, rounds } = scene({ ready: [4], lookUps: 1 });
  begin(1, { kind: "find-node", target });
  begin(2, { kind: "find-node", target });
  const first = ask();
  wait(700);
  for (const query of first) query.search.answered(query, { id: node(4, 1).id }, 700);
  const second = ask();
  wait(50);
  for (const query of second) query.search.answered(query, { id: node(4, 1).id }, 750);
  t.like(rounds[0], { quest: 1, waitedMs: 0, tookMs: 700 });
  t.like(rounds[1], { quest: 2, waitedMs: 700, tookMs: 750 });
});

test("a quest with a number in use replaces it, and there is room for 10,000", (t) => {
  const { quests, begin, answerAll, rounds } = scene({ ready: [4] });
  begin(1, { kind: "find-node", target });
  begin(1, { kind: "get-peers", target });
  t.true(answerAll().every((text) => text.startsWith("get_peers ")));
  t.is(rounds.length, 1);
  const many = scene({ ready: [] });
  for (let quest = 0; quest < mostQuests; quest++)
    t.is(many.begin(quest, { kind: "find-node", target }), undefined);
  t.deepEqual(many.begin(mostQuests, { kind: "find-node", target }), {
    code: "too-many-quests",
    message: "cannot begin quest 10000: 10000 quests run",
  });
  t.is(many.quests.size, mostQuests);
  many.quests.cancel(0);
  t.is(many.begin(mostQuests, { kind: "find-node", target }), undefined);
  t.is(quests.size, 0);
});

test("a put stores the item at the nodes nearest to its target, and reports the first refusal", (t) => {
  const value = Buffer.from("5:hello");
  const { begin, answerAll, rounds } = scene({ ready: [4] });
  begin(1, { kind: "put-item", item: { kind: "immutable", value }, compareAndSwap: 3 });
  const asked = answerAll(({ query, host }): Partial<KrpcAnswer> | Refusal => {
    if (query.method === "get") {
      t.deepEqual(query.target, immutableTarget(value));
      return {};
    }
    t.like(query, { method: "put", token, cas: 3n, item: { kind: "immutable", value } });
    return host === node(4, 2).host
      ? { code: 301, message: Buffer.from("cas\u0007 mismatch") }
      : {};
  });
  t.is(asked.length, 6);
  t.like(rounds[0], { stored: 2, refusal: { code: 301, message: "cas mismatch" } });
});

test("a get reports verified items, the newest, and asks for newer ones from then on", (t) => {
  const signed = (sequence: bigint) =>
    signItem(new Uint8Array(32).fill(1), {
      salt: new Uint8Array(0),
      sequence,
      value: Buffer.from("i1e"),
    });
  const of = mutableTarget(signed(1n));
  const { begin, answerAll, items, wait } = scene({ ready: [4] });
  begin(1, { kind: "get-item", target: of }, repeatMs);
  const sequences: unknown[] = [];
  const answer = ({ query, host }: SearchQuery): Partial<KrpcAnswer> => {
    if (query.method === "get") sequences.push(query.sequence);
    const at = Number(host.split(".")[2]);
    return { item: at === 2 ? { ...signed(9n), value: Buffer.from("i2e") } : signed(BigInt(at)) };
  };
  answerAll(answer);
  t.deepEqual(
    items.map(({ item }) => item.kind === "mutable" && item.sequence),
    [3n],
  );
  wait(repeatMs);
  answerAll(answer);
  t.deepEqual(sequences, [undefined, undefined, undefined, 3n, 3n, 3n]);
  t.is(items.length, 1);
});

test("a target that has not 20 bytes is refused", (t) => {
  const { quests } = scene();
  const subject = { kind: "find-node", target: new Uint8Array(19) } as const;
  t.like(quests.begin({ quest: 1, subject }, 0), { code: "node-id-malformed" });
  t.is(quests.size, 0);
});

test("a named node leads the search to nearer ones in the same family", (t) => {
  const { begin, answerAll, start, rounds } = scene({ ready: [4] });
  start.set(4, [node(4, 1)]);
  begin(1, { kind: "find-node", target });
  const asked = answerAll(({ host }) =>
    host === node(4, 1).host ? { nodes: encodeNodes([node(4, 4)], 4) } : {},
  );
  t.deepEqual(asked, ["find_node 45.10.1.1", "find_node 45.10.4.1"]);
  t.is(rounds[0]?.asked, 2);
});

const acts = fc.array(
  fc.record({
    act: fc.constantFrom("begin", "cancel", "answer", "fail", "silence", "wait", "ready", "gone"),
    quest: fc.nat(4),
    family: fc.constantFrom<AddressFamily>(4, 6),
    waitMs: fc.constantFrom(500, 20_000, repeatMs),
    isRepeated: fc.boolean(),
  }),
  { maxLength: 50 },
);

test("any sequence of events leaves no search behind, and a cancelled quest reports nothing", (t) => {
  fc.assert(
    fc.property(acts, (sequence) => {
      const { quests, queue, begin, ask, answerAll, wait, becomeReady, readyNow, rounds } = scene({
        ready: [4],
        lookUps: 3,
      });
      const begun = new Set<number>();
      let waiting: SearchQuery[] = [];
      for (const { act, quest, family, waitMs, isRepeated } of sequence) {
        waiting.push(...ask());
        if (act === "begin") {
          begin(quest, { kind: "announce-peer", target }, isRepeated ? repeatMs : undefined);
          begun.add(quest);
        }
        if (act === "cancel") quests.cancel(quest);
        if (act === "wait") wait(waitMs);
        if (act === "ready") becomeReady(family);
        if (act === "gone") readyNow.delete(family);
        if (act !== "answer" && act !== "fail" && act !== "silence") continue;
        for (const query of waiting) {
          if (act === "answer") query.search.answered(query, { id: node(query.family, 1).id }, 0);
          else if (act === "fail") query.search.failed(query, undefined, 0);
          else query.search.silent(query, 0);
        }
        if (act !== "silence") waiting = [];
        if (queue.active > 3) return false;
      }
      becomeReady(4);
      for (const query of waiting) query.search.failed(query, undefined, 0);
      answerAll();
      if (queue.active + queue.waiting > 0) return false;
      for (const quest of begun) quests.cancel(quest);
      const reported = rounds.length;
      wait(10 * repeatMs);
      return quests.size === 0 && ask().length === 0 && rounds.length === reported;
    }),
    { numRuns: 300 },
  );
  t.pass();
});

test("C12: a scrape asks for filters, stores nothing, and its round tells the swarm", (t) => {
  const { begin, answerAll, rounds } = scene();
  begin(1, { kind: "scrape", target });
  const seeds = new Uint8Array(bloomFilterBytes);
  const leechers = new Uint8Array(bloomFilterBytes);
  insertAddress(seeds, Uint8Array.of(45, 1, 1, 1));
  const asked = answerAll(({ query, host }) => {
    t.deepEqual(query, { method: "get_peers", target, wantsScrape: true });
    return host === "45.10.2.1" ? { scrape: { seeds, leechers } } : {};
  });
  t.is(asked.length, 6);
  t.deepEqual(rounds[0]?.swarm, { seeds: 1, leechers: 0 });
});

test("C12: an announce of a seed says so", (t) => {
  const { begin, answerAll } = scene({ ready: [4] });
  begin(1, { kind: "announce-peer", target, isSeed: true });
  const seeds: (boolean | undefined)[] = [];
  answerAll(({ query }) => {
    if (query.method === "announce_peer") seeds.push(query.isSeed);
    return {};
  });
  t.deepEqual(seeds, [true, true, true]);
});
