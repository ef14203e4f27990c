import test from "ava";
import { encodeNodes, type KrpcQuery } from "@troupe/protocol/dht";
import type { SearchPlan } from "../../src/look-up/search.ts";
import { contact, contacts, searchScene as scene, target, token } from "../support/search-scene.ts";

const announce: Pick<SearchPlan, "store"> = {
  store: (node): KrpcQuery => ({
    method: "announce_peer",
    target,
    port: 7,
    isPortImplied: false,
    token: node.token,
  }),
};

test("a look-up is followed by the queries that store, with the tokens of its nodes", (t) => {
  const { search, ask, answerAll, ended, heard } = scene(contacts(3), announce);
  const questions = ask();
  t.deepEqual(
    questions.map(({ host, query }) => [host, query.method]),
    [
      ["45.10.1.1", "get_peers"],
      ["45.10.2.1", "get_peers"],
      ["45.10.3.1", "get_peers"],
    ],
  );
  answerAll(questions);
  t.deepEqual(heard, ["45.10.1.1", "45.10.2.1", "45.10.3.1"]);
  const announces = ask();
  t.deepEqual(
    announces.map(({ host, query }) => [host, query]),
    heard.map((host) => [
      host,
      { method: "announce_peer", target, port: 7, isPortImplied: false, token },
    ]),
  );
  t.false(search.isEnded);
  const [first, second, third] = announces;
  if (first === undefined || second === undefined || third === undefined) return t.fail();
  search.answered(first, { id: target }, 20);
  search.failed(second, { code: 203, message: Buffer.from("bad token") }, 20);
  t.deepEqual(ended, []);
  search.failed(third, undefined, 20);
  t.true(search.isEnded);
  t.like(ended[0], { asked: 3, answered: 3, stored: 1, refusal: { code: 203 } });
  t.is(ended.length, 1);
});

test("a search that stores nothing ends with its look-up", (t) => {
  const { ask, answerAll, ended } = scene(contacts(2));
  answerAll(ask());
  t.like(ended[0], { asked: 2, answered: 2, stored: 0, refusal: undefined });
  const withoutPort = scene(contacts(2), { store: () => undefined });
  withoutPort.answerAll(withoutPort.ask());
  t.deepEqual(withoutPort.ask(), []);
  t.is(withoutPort.ended.length, 1);
});

test("a search without nodes ends at its turn", (t) => {
  const { ask, ended } = scene([]);
  t.deepEqual(ended, []);
  t.deepEqual(ask(), []);
  t.like(ended[0], { asked: 0 });
});

test("nodes that an answer names are asked, those of its own family", (t) => {
  const { search, ask, answerOf } = scene([contact(9)]);
  const [query] = ask();
  if (query === undefined) return t.fail();
  const nodes = encodeNodes([contact(4)], 4);
  const nodes6 = encodeNodes([contact(5, "2a00::1")], 6);
  search.answered(query, { ...answerOf(query.host), nodes, nodes6 }, 1);
  t.deepEqual(
    ask().map(({ host }) => host),
    ["45.10.4.1"],
  );
});

test("a silent node does not hold the others up, and its late answer is heard", (t) => {
  const { search, ask, answerOf, heard, ended } = scene(contacts(6));
  const [late, ...others] = ask();
  if (late === undefined) return t.fail();
  search.silent(late, 1_000);
  others.push(...ask());
  for (const query of others) search.answered(query, answerOf(query.host), 1_000);
  t.is(ended.length, 0);
  search.answered(late, answerOf(late.host), 5_000);
  t.is(heard.at(-1), late.host);
  t.is(ended.length, 1);
});

test("an answer that comes after the end of a search is heard", (t) => {
  const { search, ask, answerOf, heard, ended } = scene(contacts(9));
  const waiting = new Map(ask().map((query) => [query.host, query]));
  const answer = (host: string): void => {
    const query = waiting.get(host);
    if (query === undefined) return t.fail(host);
    search.answered(query, answerOf(host), 10);
    for (const next of ask()) waiting.set(next.host, next);
  };
  const hosts = contacts(9).map(({ host }) => host);
  const [first = ""] = hosts;
  const silent = waiting.get(first);
  if (silent === undefined) return t.fail();
  search.silent(silent, 1_000);
  for (const next of ask()) waiting.set(next.host, next);
  for (const host of hosts.slice(1, 8)) answer(host);
  answer(first);
  t.is(ended.length, 1);
  answer(hosts[8] ?? "");
  t.deepEqual(heard.toSorted(), hosts);
  t.is(ended.length, 1);
});

test("a cancelled search sends nothing, hears nothing and does not end again", (t) => {
  const { search, ask, answerAll, ended, heard } = scene(contacts(8), announce);
  const questions = ask();
  search.cancel();
  answerAll(questions);
  t.deepEqual(ask(), []);
  t.deepEqual(heard, []);
  t.deepEqual(ended, []);
  t.true(search.isEnded);
});
