import test from "ava";
import { settle } from "@troupe/actor-runtime/testing";
import { EventQueue, eventQueueLimit } from "../../src/events/event-queue.ts";

async function collect(queue: EventQueue<number>): Promise<number[]> {
  const events: number[] = [];
  for await (const event of queue) events.push(event);
  return events;
}

test("events come in order, queued events first", async (t) => {
  const queue = new EventQueue<number>();
  queue.push(1);
  const collected = collect(queue);
  await settle();
  queue.push(2);
  queue.push(3);
  await settle();
  queue.push(4);
  queue.end();
  t.deepEqual(await collected, [1, 2, 3, 4]);
});

test("events queued before the end are yielded, later events are not", async (t) => {
  const queue = new EventQueue<number>();
  queue.push(1);
  queue.end();
  queue.push(2);
  t.deepEqual(await collect(queue), [1]);
  t.deepEqual(await queue.next(), { done: true, value: undefined });
});

test("several waiters get an event each", async (t) => {
  const queue = new EventQueue<number>();
  const waiting = Promise.all([queue.next(), queue.next(), queue.next()]);
  queue.push(1);
  queue.push(2);
  await settle();
  queue.end();
  t.deepEqual(
    (await waiting).map(({ value }) => value as number | undefined),
    [1, 2, undefined],
  );
});

test("leaving the loop ends the queue and reports the end once", async (t) => {
  let ended = 0;
  const queue = new EventQueue<number>({ ended: () => ended++ });
  queue.push(1);
  queue.push(2);
  for await (const event of queue) if (event === 1) break;
  queue.end();
  t.is(ended, 1);
  t.deepEqual(await queue.next(), { done: false, value: 2 });
  t.true((await queue.next()).done);
});

test("an abort ends the queue", async (t) => {
  const controller = new AbortController();
  let ended = 0;
  const queue = new EventQueue<number>({ signal: controller.signal, ended: () => ended++ });
  const collected = collect(queue);
  queue.push(1);
  await settle();
  controller.abort();
  t.deepEqual(await collected, [1]);
  t.is(ended, 1);
});

test("with an aborted signal the queue keeps no event", async (t) => {
  let ended = 0;
  const queue = new EventQueue<number>({ signal: AbortSignal.abort(), ended: () => ended++ });
  queue.push(1);
  t.deepEqual(await collect(queue), []);
  t.is(ended, 1);
});

test("a queue that has ended leaves no listener on its signal", (t) => {
  const listeners = new Set<unknown>();
  const signal = {
    aborted: false,
    addEventListener: (_name: string, listener: unknown) => void listeners.add(listener),
    removeEventListener: (_name: string, listener: unknown) => void listeners.delete(listener),
  } as unknown as AbortSignal;
  const queue = new EventQueue<number>({ signal });
  t.is(listeners.size, 1);
  queue.end();
  t.is(listeners.size, 0);
});

test("at the bound the oldest are dropped and counted", async (t) => {
  const queue = new EventQueue<number>();
  for (let event = 0; event < eventQueueLimit + 3; event++) queue.push(event);
  t.is(queue.dropped, 3);
  t.deepEqual(await queue.next(), { done: false, value: 3 });
});

test("a queue without a reader uses bounded memory", (t) => {
  const queue = new EventQueue<number>();
  for (let event = 0; event < 3 * eventQueueLimit; event++) queue.push(event);
  t.is(queue.dropped, 2 * eventQueueLimit);
  t.true(queue.held <= 2 * eventQueueLimit, `${queue.held} are held`);
});
