import test from "ava";
import type { Contact } from "@troupe/protocol/dht";
import type { Search } from "../../src/look-up/search.ts";
import { SearchQueue } from "../../src/look-up/search-queue.ts";
import { contact, contacts, searchScene as scene } from "../support/search-scene.ts";

test("searches take turns", (t) => {
  const queue = new SearchQueue(2);
  const near = scene(contacts(3));
  const far = scene([contact(7), contact(8)]);
  queue.add(near.search, { isUrgent: false });
  queue.add(far.search, { isUrgent: false });
  const hosts = Array.from({ length: 6 }, () => queue.next(0)?.host);
  t.deepEqual(hosts, ["45.10.1.1", "45.10.7.1", "45.10.2.1", "45.10.8.1", "45.10.3.1", undefined]);
});

test("a bounded number of searches runs, and the others wait in order, urgent ones first", (t) => {
  const queue = new SearchQueue(1);
  const names = new Map<Search, string>();
  const ended: string[] = [];
  const add = (name: string, start: readonly Contact[], isUrgent: boolean) => {
    const one = scene(start, {
      ended: () => {
        ended.push(name);
        queue.remove(one.search);
      },
    });
    names.set(one.search, name);
    queue.add(one.search, { isUrgent });
    return one;
  };
  const first = add("first", contacts(1), false);
  add("second", contacts(1), false);
  add("cancelled", contacts(1), false);
  add("urgent", contacts(1), true);
  t.is(queue.active, 1);
  t.is(queue.waiting, 3);
  const query = queue.next(0);
  t.is(query && names.get(query.search), "first");
  t.is(queue.next(0), undefined);
  for (const [search, name] of names) if (name === "cancelled") queue.remove(search);
  if (query !== undefined) first.answerAll([query]);
  t.deepEqual(ended, ["first"]);
  const next = queue.next(0);
  t.is(next && names.get(next.search), "urgent");
  t.is(queue.waiting, 1);
});

test("searches that end at their turn make room for waiting searches", (t) => {
  const queue = new SearchQueue(2);
  for (let count = 0; count < 20; count++) queue.add(scene([]).search, { isUrgent: false });
  queue.add(scene(contacts(1)).search, { isUrgent: false });
  t.is(queue.next(0)?.host, "45.10.1.1");
  t.is(queue.active, 1);
  t.is(queue.waiting, 0);
});
