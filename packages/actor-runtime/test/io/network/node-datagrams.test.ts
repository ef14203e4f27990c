import test from "ava";

import { nodeDatagrams } from "../../../src/io/network/node-datagrams.ts";
import { datagramsSuite, Inbox, type DatagramBench } from "../support/datagrams-suite.ts";
import { bytesOfText } from "../../support/text-bytes.ts";

const real = (host: string): DatagramBench => ({
  datagrams: nodeDatagrams,
  host,
  settle: (promise) => promise,
});

datagramsSuite(test, () => real("127.0.0.1"));

test("IPv4 and IPv6 have a port of the same number each", async (t) => {
  const inbox = new Inbox();
  const six = await nodeDatagrams.bind({ host: "::", port: 0 }, inbox);
  const four = await nodeDatagrams.bind({ host: "0.0.0.0", port: six.address.port }, inbox);
  six.send(bytesOfText("six"), { host: "::1", port: six.address.port });
  four.send(bytesOfText("four"), { host: "127.0.0.1", port: four.address.port });
  await inbox.until(2);
  t.deepEqual(inbox.texts.toSorted(), ["four", "six"]);
  t.deepEqual(inbox.senders.map(({ host }) => host).toSorted(), ["127.0.0.1", "::1"]);
  four.close();
  six.close();
});

test("members of a group that share a port each get a datagram to the group", async (t) => {
  const [one, other] = [new Inbox(), new Inbox()];
  const group = { host: "239.192.152.143", through: "127.0.0.1" };
  const options = { host: "0.0.0.0", port: 0, isShared: true, group };
  const first = await nodeDatagrams.bind(options, one);
  const { port } = first.address;
  const second = await nodeDatagrams.bind({ ...options, port }, other);
  first.send(bytesOfText("all"), { host: group.host, port });
  await Promise.all([one.until(1), other.until(1)]);
  t.deepEqual([one.texts, other.texts], [["all"], ["all"]]);
  first.close();
  second.close();
});

test("a group that the system cannot join is refused", async (t) => {
  const group = { host: "192.0.2.1" };
  await t.throwsAsync(nodeDatagrams.bind({ host: "0.0.0.0", port: 0, group }, new Inbox()), {
    code: "EINVAL",
  });
});

test("a larger receive buffer keeps more datagrams that come while the thread is busy", async (t) => {
  /** Datagrams that are kept of 2,000 of 1,000 bytes, sent while nothing is read. */
  const kept = async (receiveBufferBytes: number): Promise<number> => {
    const inbox = new Inbox();
    const at = { host: "127.0.0.1", port: 0 };
    const socket = await nodeDatagrams.bind({ ...at, receiveBufferBytes }, inbox);
    const sender = await nodeDatagrams.bind(at, new Inbox());
    for (let i = 0; i < 2_000; i++) sender.send(new Uint8Array(1_000), socket.address);
    sender.send(bytesOfText("end"), socket.address);
    await new Promise(setImmediate);
    while (!inbox.texts.includes("end")) {
      sender.send(bytesOfText("end"), socket.address);
      await new Promise(setImmediate);
    }
    socket.close();
    sender.close();
    return inbox.texts.length;
  };
  const [usual, larger] = [await kept(1), await kept(1_048_576)];
  t.true(larger > usual, `${usual} and ${larger}`);
});

test("a size of the receive buffer that the system refuses leaves the socket usable", async (t) => {
  const inbox = new Inbox();
  const at = { host: "127.0.0.1", port: 0, receiveBufferBytes: 2 ** 31 };
  const socket = await nodeDatagrams.bind(at, inbox);
  socket.send(bytesOfText("heard"), socket.address);
  await inbox.until(1);
  t.deepEqual(inbox.texts, ["heard"]);
  socket.close();
});
