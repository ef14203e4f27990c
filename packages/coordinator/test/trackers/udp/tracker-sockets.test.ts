import test from "ava";

import {
  systemError,
  type BindOptions,
  type DatagramSocket,
  type Datagrams,
} from "@troupe/actor-runtime";
import { TrackerSockets } from "../../../src/trackers/udp/tracker-sockets.ts";

/** UDP that records its sockets. */
class RecordedDatagrams implements Datagrams {
  readonly opened: string[] = [];
  readonly closed: string[] = [];
  refusal: string | undefined;

  bind({ host }: BindOptions): Promise<DatagramSocket> {
    if (this.refusal !== undefined) return Promise.reject(systemError(this.refusal, "refused"));
    this.opened.push(host);
    const close = (): void => void this.closed.push(host);
    return Promise.resolve({ address: { host, port: 1 }, send: () => {}, close });
  }
}

function scene() {
  const own = new RecordedDatagrams();
  const port = new RecordedDatagrams();
  const open = new Set<4 | 6>();
  const shared = { datagrams: port, has: (family: 4 | 6) => open.has(family) };
  const sockets = new TrackerSockets({ datagrams: own, shared }, { received: () => {} });
  return { own, port, open, sockets };
}

test("the peers' port is used while it is open, for each family by itself, and each socket is opened once", async (t) => {
  const { own, port, open, sockets } = scene();
  open.add(6);
  for (const family of [4, 6, 4, 6] as const) await sockets.socketOf(family);
  t.deepEqual([own.opened, port.opened], [["0.0.0.0"], ["::"]]);
});

test("while the peers' port is down a socket of their own serves trackers, and the port again afterwards", async (t) => {
  const { own, port, open, sockets } = scene();
  open.add(4);
  const before = await sockets.socketOf(4);
  open.delete(4);
  t.not(await sockets.socketOf(4), before);
  open.add(4);
  t.is(await sockets.socketOf(4), before);
  t.deepEqual([own.opened, port.opened], [["0.0.0.0"], ["0.0.0.0"]]);
});

test("a socket that could not be opened is opened by a later question", async (t) => {
  const { own, sockets } = scene();
  own.refusal = "EAFNOSUPPORT";
  await t.throwsAsync(sockets.socketOf(6), { code: "EAFNOSUPPORT" });
  own.refusal = undefined;
  await t.notThrowsAsync(sockets.socketOf(6));
});

test("closing closes all sockets, and those that are opened afterwards", async (t) => {
  const { own, port, open, sockets } = scene();
  await sockets.socketOf(4);
  open.add(4);
  await sockets.socketOf(4);
  await sockets.close();
  await sockets.socketOf(6);
  t.deepEqual([own.closed, port.closed], [["0.0.0.0", "::"], ["0.0.0.0"]]);
});
