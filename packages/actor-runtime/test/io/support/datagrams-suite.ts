// The behaviour of every implementation of UDP, real or simulated.

import type { ExecutionContext, TestFn } from "ava";

import type { Address, DatagramHandlers, Datagrams, DatagramSocket } from "../../../src/index.ts";
import { bytesOfText, textOfBytes } from "../../support/text-bytes.ts";

/** Datagrams to test, and the way time passes. */
export interface DatagramBench {
  readonly datagrams: Datagrams;
  readonly host: string;
  readonly settle: <Value>(promise: Promise<Value>) => Promise<Value>;
}

/** A socket that keeps what it receives. */
export class Inbox implements DatagramHandlers {
  readonly texts: string[] = [];
  readonly senders: Address[] = [];
  readonly refusals: string[] = [];
  #waiting: (() => void)[] = [];

  received(bytes: Uint8Array, from: Address): void {
    this.texts.push(textOfBytes(bytes));
    this.senders.push(from);
    this.#wake();
  }

  notSent(_to: Address, code: string): void {
    this.refusals.push(code);
    this.#wake();
  }

  /** Settles when so many datagrams, or refusals to send, have been reported. */
  async until(count: number): Promise<void> {
    while (this.texts.length + this.refusals.length < count) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

async function open(
  t: ExecutionContext,
  { datagrams, host, settle }: DatagramBench,
): Promise<{ readonly inbox: Inbox; readonly socket: DatagramSocket }> {
  const inbox = new Inbox();
  const socket = await settle(datagrams.bind({ host, port: 0 }, inbox));
  t.teardown(() => socket.close());
  return { inbox, socket };
}

/** Declares the tests. */
export function datagramsSuite(test: TestFn, bench: (t: ExecutionContext) => DatagramBench): void {
  test("a datagram arrives whole, with the sender's address, and is answered", async (t) => {
    const made = bench(t);
    const [one, other] = [await open(t, made), await open(t, made)];
    one.socket.send(bytesOfText("question"), other.socket.address);
    await made.settle(other.inbox.until(1));
    t.deepEqual(other.inbox.texts, ["question"]);
    t.deepEqual(other.inbox.senders, [one.socket.address]);
    other.socket.send(bytesOfText("answer"), one.socket.address);
    await made.settle(one.inbox.until(1));
    t.deepEqual(one.inbox.texts, ["answer"]);
  });

  test("a port that is taken is refused, and free again after close", async (t) => {
    const made = bench(t);
    const { socket } = await open(t, made);
    const again = { host: made.host, port: socket.address.port };
    await t.throwsAsync(made.settle(made.datagrams.bind(again, new Inbox())), {
      code: "EADDRINUSE",
    });
    socket.close();
    socket.close();
    await made.settle(new Promise((resolve) => setImmediate(resolve)));
    const next = await made.settle(made.datagrams.bind(again, new Inbox()));
    t.deepEqual(next.address, socket.address);
    next.close();
  });

  test("an address of another machine or no address is refused", async (t) => {
    const { datagrams, settle } = bench(t);
    for (const [host, code] of [
      ["192.0.2.77", "EADDRNOTAVAIL"],
      ["example.org", "EINVAL"],
    ] as const) {
      await t.throwsAsync(settle(datagrams.bind({ host, port: 0 }, new Inbox())), { code });
    }
  });

  test("a datagram that cannot be sent is reported with its code", async (t) => {
    const made = bench(t);
    const { inbox, socket } = await open(t, made);
    socket.send(bytesOfText("x"), { host: "example.org", port: 1 });
    socket.send(bytesOfText("x"), { host: made.host, port: 0 });
    socket.send(new Uint8Array(70_000), socket.address);
    await made.settle(inbox.until(3));
    t.deepEqual(inbox.refusals, ["EINVAL", "EINVAL", "EMSGSIZE"]);
  });

  test("nothing is received or sent after close", async (t) => {
    const made = bench(t);
    const [one, other] = [await open(t, made), await open(t, made)];
    one.socket.send(bytesOfText("late"), other.socket.address);
    other.socket.close();
    other.socket.send(bytesOfText("never"), one.socket.address);
    one.socket.send(bytesOfText("to myself"), one.socket.address);
    await made.settle(one.inbox.until(1));
    t.deepEqual([one.inbox.texts, other.inbox.texts], [["to myself"], []]);
  });
}
