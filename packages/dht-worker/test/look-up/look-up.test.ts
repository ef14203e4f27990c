import test from "ava";
import type { Random } from "@troupe/actor-runtime";
import fc from "fast-check";
import {
  isSecureNodeId,
  nodeIdFrom,
  nodeIdHex,
  secureNodeId,
  type Contact,
  type NodeId,
} from "@troupe/protocol/dht";
import type { LookUpNode } from "../../src/look-up/look-up-node.ts";
import {
  branches,
  LookUp,
  mostAsked,
  mostFurther,
  spareNodes,
  type LookUpOptions,
} from "../../src/look-up/look-up.ts";
import {
  makeNodes,
  ModelNetwork,
  randomId,
  runLookUp,
  type Behaviour,
} from "../support/model-network.ts";
import { seededRandom } from "@troupe/actor-runtime/testing";

const target = nodeIdFrom(new Uint8Array(20));

/** The smaller `distance`, the nearer to {@link target}. Its id does not fit its address. */
function contact(distance: number, host: string, port = 6881): Contact {
  const id = new Uint8Array(20).fill(0xee);
  id[0] = distance;
  return { id: nodeIdFrom(id), host, port };
}

/** Nodes of networks of their own. */
function contacts(distances: readonly number[]): Contact[] {
  return distances.map((distance) => contact(distance, `45.10.${distance}.1`));
}

const token = Uint8Array.of(7);

function scene(options: Partial<LookUpOptions> = {}) {
  const lookUp = new LookUp({
    target,
    family: 4,
    start: [],
    hasSybilRules: true,
    admits: () => true,
    ...options,
  });
  const waiting = new Map<string, LookUpNode>();
  /** Asks as many as may be asked. @returns their hosts, without the common start. */
  const ask = (): string[] => {
    const asked: string[] = [];
    for (let one = lookUp.next(); one !== undefined; one = lookUp.next()) {
      waiting.set(one.host, one);
      asked.push(one.host);
    }
    return asked;
  };
  const node = (host: string): LookUpNode => {
    const one = waiting.get(host);
    if (one === undefined) throw new Error(`${host} was not asked`);
    return one;
  };
  const answer = (host: string, nodes: readonly Contact[] = [], id?: NodeId): void => {
    const one = node(host);
    lookUp.answered(one, { id: id ?? one.id ?? target, nodes, token });
  };
  /** Every node answers, until the look-up has ended. @returns the hosts that were asked. */
  const answerAll = (idOf: (host: string) => NodeId | undefined = () => undefined): string[] => {
    const all: string[] = [];
    for (let rounds = 0; rounds < 200 && !lookUp.isEnded; rounds++) {
      all.push(...ask());
      for (const host of waiting.keys()) answer(host, [], idOf(host));
    }
    return all;
  };
  const nearest = (): string[] => lookUp.result.nearest.map(({ host }) => host);
  const storing = (): string[] => lookUp.result.storing.map(({ host }) => host);
  return { lookUp, ask, answer, answerAll, node, nearest, storing };
}

test("EX16: five nodes are asked at once, the nearest first", (t) => {
  const { ask, answer } = scene({ start: contacts([9, 3, 5, 1, 7, 2]) });
  t.deepEqual(ask(), ["45.10.1.1", "45.10.2.1", "45.10.3.1", "45.10.5.1", "45.10.7.1"]);
  t.deepEqual(ask(), []);
  answer("45.10.5.1", contacts([4]));
  t.deepEqual(ask(), ["45.10.4.1"]);
  t.is(branches, 5);
});

test("EX16: a silent node frees its branch, and the look-up waits for its answer at the end", (t) => {
  const { lookUp, ask, answer, node, nearest } = scene({ start: contacts([1, 2, 3, 4, 5, 6]) });
  ask();
  lookUp.silent(node("45.10.1.1"));
  t.deepEqual(ask(), ["45.10.6.1"]);
  for (const distance of [2, 3, 4, 5, 6]) answer(`45.10.${distance}.1`);
  t.false(lookUp.isEnded);
  answer("45.10.1.1");
  t.true(lookUp.isEnded);
  t.is(nearest()[0], "45.10.1.1");
});

test("EX16: the end of a look-up does not wait for an overdue node, whose late answer still counts before", (t) => {
  const { lookUp, ask, answer, node, nearest } = scene({
    start: contacts([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
  });
  ask();
  for (const distance of [1, 2]) lookUp.silent(node(`45.10.${distance}.1`));
  for (const distance of [3, 4, 5]) answer(`45.10.${distance}.1`);
  ask();
  for (const distance of [6, 7, 8, 9]) answer(`45.10.${distance}.1`);
  for (const distance of [1, 2]) lookUp.overdue(node(`45.10.${distance}.1`));
  answer("45.10.2.1");
  t.is(nearest()[0], "45.10.2.1");
  t.true(lookUp.isEnded);
});

test("EX16: a look-up that knows fewer than eight nodes waits for overdue ones until they have failed", (t) => {
  const { lookUp, ask, answer, node } = scene({ start: contacts([1, 2]) });
  ask();
  answer("45.10.2.1");
  lookUp.silent(node("45.10.1.1"));
  lookUp.overdue(node("45.10.1.1"));
  t.false(lookUp.isEnded);
  lookUp.failed(node("45.10.1.1"));
  t.true(lookUp.isEnded);
});

test("a look-up ends when the eight nearest nodes have answered or failed", (t) => {
  const { lookUp, ask, answer, node, nearest } = scene({
    start: contacts([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    hasSybilRules: false,
  });
  ask();
  for (const distance of [1, 2, 3, 4, 5]) answer(`45.10.${distance}.1`);
  t.deepEqual(ask().slice(0, 3), ["45.10.6.1", "45.10.7.1", "45.10.8.1"]);
  answer("45.10.6.1");
  lookUp.failed(node("45.10.7.1"));
  answer("45.10.8.1");
  t.false(lookUp.isEnded);
  answer("45.10.9.1");
  t.true(lookUp.isEnded);
  t.deepEqual(ask(), []);
  t.deepEqual(
    nearest(),
    [1, 2, 3, 4, 5, 6, 8, 9].map((distance) => `45.10.${distance}.1`),
  );
});

test("two nodes behind the first set are asked while it is open", (t) => {
  const { lookUp, ask, answer, node } = scene({
    start: contacts([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
    hasSybilRules: false,
  });
  ask();
  for (const distance of [1, 2, 3, 4]) answer(`45.10.${distance}.1`);
  t.deepEqual(ask(), ["45.10.6.1", "45.10.7.1", "45.10.8.1", "45.10.9.1"]);
  answer("45.10.6.1");
  t.deepEqual(ask(), ["45.10.10.1"]);
  for (const distance of [7, 8, 9]) answer(`45.10.${distance}.1`);
  t.deepEqual(ask(), []);
  lookUp.silent(node("45.10.5.1"));
  t.deepEqual(ask(), ["45.10.11.1"], "9 is in the set now, 10 and 11 are behind it");
  lookUp.failed(node("45.10.5.1"));
  t.true(lookUp.isEnded, "no answer is needed of nodes behind the set");
  t.is(spareNodes, 2);
});

test("a look-up without nodes has ended", (t) => {
  const { lookUp, ask, nearest } = scene();
  t.deepEqual(ask(), []);
  t.true(lookUp.isEnded);
  t.deepEqual(nearest(), []);
});

test("one node of a /24 is asked; another one when it is silent", (t) => {
  const { lookUp, ask, answer, node, nearest } = scene({
    start: [contact(1, "45.10.1.1"), contact(2, "45.10.1.2"), contact(3, "45.10.2.1")],
  });
  t.deepEqual(ask(), ["45.10.1.1", "45.10.2.1"]);
  lookUp.silent(node("45.10.1.1"));
  t.deepEqual(ask(), ["45.10.1.2"]);
  answer("45.10.1.2");
  answer("45.10.2.1");
  answer("45.10.1.1");
  t.deepEqual(nearest(), ["45.10.1.2", "45.10.2.1"], "the first answer takes the place");
  t.true(lookUp.isEnded);
});

test("one node of a /64 is asked, and any number of nodes on local addresses", (t) => {
  const six = scene({
    family: 6,
    start: [contact(1, "2a00:1:2:3::1"), contact(2, "2a00:1:2:3::2"), contact(3, "2a00:1:2:4::1")],
  });
  t.deepEqual(six.ask(), ["2a00:1:2:3::1", "2a00:1:2:4::1"]);
  const local = scene({
    start: [contact(1, "127.0.0.1", 1), contact(2, "127.0.0.1", 2), contact(3, "127.0.0.1", 3)],
  });
  t.is(local.ask().length, 3);
});

test("without the rules about networks, nodes of a /24 count as others", (t) => {
  const { ask } = scene({
    start: [contact(1, "45.10.1.1"), contact(2, "45.10.1.2")],
    hasSybilRules: false,
  });
  t.deepEqual(ask(), ["45.10.1.1", "45.10.1.2"]);
});

test("an address is asked once, by whichever ids it is named", (t) => {
  const { ask, answer, lookUp, node } = scene({ start: contacts([1, 2]) });
  ask();
  answer("45.10.1.1", [contact(3, "45.10.9.1"), contact(4, "45.10.9.1"), contact(5, "45.10.2.1")]);
  t.deepEqual(ask(), ["45.10.9.1"]);
  lookUp.failed(node("45.10.9.1"));
  answer("45.10.2.1", [contact(0, "45.10.9.1")]);
  t.deepEqual(ask(), []);
  t.true(lookUp.isEnded);
});

test("of the ids that others give an address the nearest counts until the node has answered", (t) => {
  const { ask, answer } = scene({ start: contacts([1]) });
  ask();
  answer("45.10.1.1", [
    contact(9, "45.20.1.1"),
    contact(5, "45.20.2.1"),
    contact(3, "45.20.1.1"),
    contact(7, "45.20.2.1"),
  ]);
  t.deepEqual(ask(), ["45.20.1.1", "45.20.2.1"]);
  const unsorted = scene({ start: [contact(9, "45.20.1.1"), contact(2, "45.20.2.1")] });
  t.deepEqual(unsorted.ask(), ["45.20.2.1", "45.20.1.1"]);
});

test("case 81: a node named by a wrong id counts by its own", (t) => {
  const start = contacts([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const { ask, answer, answerAll, nearest } = scene({
    start: start.slice(0, 1),
    hasSybilRules: false,
  });
  ask();
  answer("45.10.1.1", [contact(0, "45.20.1.1"), ...start.slice(1)]);
  t.is(ask()[0], "45.20.1.1");
  answerAll((host) => (host === "45.20.1.1" ? contact(200, host).id : undefined));
  t.deepEqual(
    nearest(),
    start.slice(0, 8).map(({ host }) => host),
  );
});

test("addresses without an id are asked while fewer than eight nodes are known", (t) => {
  const { ask, answer, nearest, lookUp } = scene({
    start: contacts([1]),
    seeds: [
      { host: "45.30.1.1", port: 6881 },
      { host: "45.10.1.1", port: 6881 },
    ],
  });
  t.deepEqual(ask(), ["45.10.1.1", "45.30.1.1"]);
  answer("45.10.1.1");
  t.false(lookUp.isEnded);
  answer("45.30.1.1", contacts([3]), contact(2, "45.30.1.1").id);
  ask();
  answer("45.10.3.1");
  t.true(lookUp.isEnded);
  t.deepEqual(nearest(), ["45.10.1.1", "45.30.1.1", "45.10.3.1"]);
  const known = scene({
    start: contacts([1, 2, 3, 4, 5, 6, 7, 8]),
    seeds: [{ host: "45.30.1.1", port: 6881 }],
  });
  known.ask();
  for (const distance of [1, 2, 3, 4, 5]) known.answer(`45.10.${distance}.1`);
  t.deepEqual(known.ask(), ["45.10.6.1", "45.10.7.1", "45.10.8.1"]);
});

test("nodes that may not be asked are not asked", (t) => {
  const { ask, answer } = scene({
    start: contacts([1, 2]),
    admits: ({ host }) => host !== "45.10.2.1" && host !== "45.10.4.1",
    seeds: [{ host: "45.10.4.1", port: 1 }],
  });
  t.deepEqual(ask(), ["45.10.1.1"]);
  answer("45.10.1.1", contacts([3, 4]));
  t.deepEqual(ask(), ["45.10.3.1"]);
});

/** Nodes nearer to {@link target} than any honest one. */
function makeSybils(count: number): Contact[] {
  return Array.from({ length: count }, (_, at): Contact => {
    const id = Uint8Array.from({ length: 20 }, (_, byte) => (byte === 19 ? at : 0));
    return { id: nodeIdFrom(id), host: `45.${at}.1.1`, port: 6881 };
  });
}

/** Nodes whose ids fit their addresses, the nearest to {@link target} first. */
function fittingContacts(count: number): Contact[] {
  const random = seededRandom(9);
  return Array.from({ length: count }, (_, at): Contact => {
    const host = `60.${at}.1.1`;
    return { id: secureNodeId(host, (length) => random.bytes(length)), host, port: 6881 };
  }).toSorted((a, b) => Buffer.compare(a.id, b.id));
}

test("a look-up ends at two sets: the eight nearest nodes, and the eight nearest whose id fits", (t) => {
  const sybils = makeSybils(8);
  const fitting = fittingContacts(12);
  const { answerAll, nearest, storing } = scene({ start: [...sybils, ...fitting] });
  const asked = answerAll();
  t.deepEqual(
    asked,
    [...sybils, ...fitting.slice(0, 8)].map(({ host }) => host),
  );
  t.deepEqual(
    nearest(),
    sybils.map(({ host }) => host),
  );
  t.deepEqual(storing(), asked, "an announce goes to both sets");
});

test("the second set is not asked while a node of the first set may answer within its second", (t) => {
  const { ask, answer, lookUp, node } = scene({
    start: [...makeSybils(8), ...fittingContacts(12)],
  });
  const [last = "", ...others] = ask();
  for (const host of others) answer(host);
  for (const host of ask()) answer(host);
  const spare = ask();
  t.true(spare.length <= spareNodes);
  for (const host of spare) answer(host);
  t.deepEqual(ask(), []);
  t.is(lookUp.furtherCount, 0);
  lookUp.silent(node(last));
  t.true(ask().length > 0);
});

test("at most 16 further nodes are asked for the second set", (t) => {
  const sybils = makeSybils(8);
  const { ask, answer, lookUp, node } = scene({ start: [...sybils, ...fittingContacts(60)] });
  let further = 0;
  while (!lookUp.isEnded) {
    const hosts = ask();
    for (const host of hosts) {
      if (host.startsWith("45.")) answer(host);
      else {
        further++;
        lookUp.silent(node(host));
        lookUp.failed(node(host));
      }
    }
  }
  t.is(further, mostFurther + spareNodes);
  t.is(lookUp.furtherCount, mostFurther);
});

test("a node that was named by a wrong id that does not fit is still asked by the right one", (t) => {
  const [honest = contact(1, "60.1.1.1")] = fittingContacts(1);
  const sybils = makeSybils(14);
  const { ask, answer, answerAll, storing } = scene({ start: sybils.slice(0, 8) });
  const misnamed = { ...honest, id: contact(1, honest.host).id };
  const [first = ""] = ask();
  answer(first, [misnamed, honest, ...sybils.slice(8, 14)]);
  answerAll((host) => (host === honest.host ? honest.id : undefined));
  t.true(storing().includes(honest.host));
});

test("an event that does not belong to the state of a node changes nothing", (t) => {
  const { lookUp, ask, answer, node } = scene({ start: contacts([1, 2]) });
  ask();
  answer("45.10.1.1");
  answer("45.10.1.1", contacts([5]));
  lookUp.silent(node("45.10.1.1"));
  lookUp.failed(node("45.10.1.1"));
  lookUp.failed(node("45.10.2.1"));
  answer("45.10.2.1", contacts([6]));
  t.deepEqual(ask(), []);
  t.true(lookUp.isEnded);
  t.is(lookUp.answeredCount, 1);
  t.is(lookUp.askedCount, 2);
});

const seeds = fc.integer({ min: 1, max: 1_000_000 });

test("in any network without liars a look-up finds the eight nearest nodes", (t) => {
  const fits = fc.constantFrom(true, false, undefined);
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 250 }), fits, (seed, count, isFitting) => {
      const random = seededRandom(seed);
      const network = new ModelNetwork(random, makeNodes(random, count, isFitting));
      const wanted = randomId(random);
      const { lookUp } = scene({ target: wanted, start: network.some(3) });
      const { broken } = runLookUp(lookUp, network, random);
      const hex = (nodes: readonly Contact[]) => nodes.map(({ id }) => nodeIdHex(id)).join();
      const expected = hex(network.nearest(wanted, 8));
      return broken === undefined && hex(lookUp.result.nearest) === expected;
    }),
    { numRuns: 50 },
  );
  t.pass();
});

const behaviours = fc.array(fc.constantFrom<Behaviour>("answers", "late", "dead", "lies"), {
  minLength: 1,
  maxLength: 8,
});

test("a look-up ends within its bounds for any mix of late nodes, dead nodes and liars", (t) => {
  fc.assert(
    fc.property(
      seeds,
      fc.integer({ min: 1, max: 150 }),
      behaviours,
      fc.boolean(),
      (seed, count, mix, hasSybilRules) => {
        const random = seededRandom(seed);
        const nodes = makeNodes(random, count, undefined);
        for (const node of nodes) node.behaviour = mix[random.integer(mix.length)] ?? "answers";
        const network = new ModelNetwork(random, nodes);
        const { lookUp } = scene({
          target: randomId(random),
          start: network.some(8),
          hasSybilRules,
        });
        const { broken, asked } = runLookUp(lookUp, network, random);
        const { nearest, storing } = lookUp.result;
        const networks = new Set(storing.map(({ host }) => host.split(".", 3).join(".")));
        return (
          broken === undefined &&
          asked.length <= mostAsked &&
          nearest.length <= 8 &&
          storing.length <= 16 &&
          (!hasSybilRules || networks.size === storing.length)
        );
      },
    ),
    { numRuns: 100 },
  );
  t.pass();
});

test("the same events give the same questions", (t) => {
  const course = () => {
    const random = seededRandom(5);
    const nodes = makeNodes(random, 100, undefined);
    for (const [at, node] of nodes.entries()) if (at % 5 === 0) node.behaviour = "lies";
    const network = new ModelNetwork(random, nodes);
    const { lookUp } = scene({ target: randomId(random), start: network.some(8) });
    return runLookUp(lookUp, network, random).asked.map(({ host }) => host);
  };
  t.deepEqual(course(), course());
});

test("with one liar in five nodes, the nearest honest node that fits is found in 99 of 100 look-ups", (t) => {
  let found = 0;
  const runs = 100;
  const random = seededRandom(11);
  const nodes = makeNodes(random, 400, true);
  for (const [at, node] of nodes.entries()) if (at % 5 === 0) node.behaviour = "lies";
  const network = new ModelNetwork(random, nodes);
  const honest = nodes.filter(({ behaviour }) => behaviour === "answers");
  for (let run = 0; run < runs; run++) {
    const wanted = randomId(random);
    const { lookUp } = scene({ target: wanted, start: network.some(8) });
    t.is(runLookUp(lookUp, network, random).broken, undefined);
    const near = network.nearest(wanted, 8, honest).map(({ host }) => host);
    if (lookUp.result.storing.some(({ host }) => near.includes(host))) found++;
  }
  t.true(found >= 0.99 * runs, `${found} of ${runs}`);
  t.true(honest.every(({ id, host }) => isSecureNodeId(id, host)));
});

/** Nodes around a target with ids of their choice, which name each other alone. */
function makeColluders(random: Random, around: NodeId, networks: number): Contact[] {
  return Array.from({ length: 64 }, (_, at): Contact => {
    const id = new Uint8Array(around);
    id.set(random.bytes(17), 3);
    return { id: nodeIdFrom(id), host: `90.${at % networks}.1.${at}`, port: 6881 };
  });
}

/** @returns Targets, of so many, whose two look-ups met at an honest node. */
function meetings(networks: number, hasSybilRules: boolean): number {
  const random = seededRandom(21);
  const network = new ModelNetwork(random, makeNodes(random, 400, undefined));
  const reachedHonest = (target: NodeId, colluders: readonly Contact[]): Set<string> => {
    const { lookUp } = scene({ target, start: network.some(16), hasSybilRules });
    for (let rounds = 0; rounds < 200 && !lookUp.isEnded; rounds++) {
      for (let one = lookUp.next(); one !== undefined; one = lookUp.next()) {
        const colluder = colluders.find(({ host }) => host === one?.host);
        const honest = network.at(one);
        const nodes =
          colluder === undefined && honest !== undefined
            ? network.nearest(target, 8, [...honest.known, ...colluders.slice(0, 2)])
            : colluders.slice(0, 8);
        lookUp.answered(one, { id: (colluder ?? honest)?.id ?? target, nodes, token });
      }
    }
    const { storing } = lookUp.result;
    return new Set(storing.filter((one) => network.at(one) !== undefined).map(({ host }) => host));
  };
  let met = 0;
  for (let run = 0; run < 20; run++) {
    const target = randomId(random);
    const colluders = makeColluders(random, target, networks);
    const stored = reachedHonest(target, colluders);
    if ([...reachedHonest(target, colluders)].some((host) => stored.has(host))) met++;
  }
  return met;
}

for (const networks of [4, 64]) {
  test(`case 82: 64 Sybils of ${networks} networks around a target do not keep announcers and look-ups apart, unless the rules are off`, (t) => {
    t.is(meetings(networks, true), 20);
    t.is(meetings(networks, false), 0);
  });
}
