import { createSocket } from "node:dgram";
import test from "ava";
import type { Address, Stream } from "../../../src/index.ts";
import { deviceSockets, type DeviceSockets } from "../../../src/io/network/bind-to-device.ts";
import { datagramsOn } from "../../../src/io/network/node-datagrams.ts";
import { NodeSockets } from "../../../src/io/network/node-sockets.ts";

const ifLinux = process.platform === "linux" ? test : test.skip;
const anywhere = { host: "127.0.0.1", port: 0 };

function socketsOf(device: string): DeviceSockets {
  const sockets = deviceSockets(device);
  if (sockets === undefined) throw new Error("bug: koffi is a dependency of the tests");
  return sockets;
}

/** Dials, and settles with the words that came, or the reason of the end. */
async function answerOf(sockets: NodeSockets, to: Address): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  const handlers = {
    bytes(stream: Stream, chunk: Uint8Array) {
      resolve(`${Buffer.from(chunk).toString()} from ${stream.remote.host}`);
      stream.destroy();
    },
    closed: (_: Stream, reason: string | undefined) => resolve(reason),
  };
  sockets.dial(to, handlers, { timeoutMs: 5_000 });
  return await promise;
}

ifLinux("D08: streams and listeners of one device reach each other", async (t) => {
  const sockets = new NodeSockets({ device: socketsOf("lo") });
  const listener = await sockets.listen({ ...anywhere, reusePort: true }, (stream) => {
    stream.write(Buffer.from("hello"));
    return { bytes: () => undefined, closed: () => undefined };
  });
  const other = await sockets.listen({ ...listener.address, reusePort: true }, (stream) => {
    stream.write(Buffer.from("hello"));
    return { bytes: () => undefined, closed: () => undefined };
  });
  t.is(await answerOf(sockets, listener.address), "hello from 127.0.0.1");
  await t.throwsAsync(
    sockets.listen(listener.address, () => ({ bytes: () => undefined, closed: () => undefined })),
    { code: "EADDRINUSE" },
  );
  await Promise.all([listener.close(), other.close()]);
  t.is(await answerOf(sockets, listener.address), "ECONNREFUSED");
});

ifLinux(
  "D08: datagrams of one device reach each other, also at a port that is shared",
  async (t) => {
    const datagrams = datagramsOn(socketsOf("lo"));
    const { promise, resolve } = Promise.withResolvers<string>();
    const received = (bytes: Uint8Array): void => resolve(Buffer.from(bytes).toString());
    const one = await datagrams.bind({ ...anywhere, isShared: true }, { received });
    const same = await datagrams.bind({ ...one.address, isShared: true }, { received });
    const sender = await datagrams.bind(anywhere, { received: () => undefined });
    sender.send(Buffer.from("hello"), one.address);
    t.is(await promise, "hello");
    for (const socket of [one, same, sender]) socket.close();
  },
);

ifLinux("D08: a device that is absent fails with ENODEV, and leaves no socket open", async (t) => {
  const device = socketsOf("no-such-device");
  const sockets = new NodeSockets({ device });
  t.is(await answerOf(sockets, { ...anywhere, port: 9 }), "ENODEV");
  const handlers = { bytes: () => undefined, closed: () => undefined };
  await t.throwsAsync(
    sockets.listen(anywhere, () => handlers),
    { code: "ENODEV" },
  );
  const datagrams = datagramsOn(device);
  await t.throwsAsync(datagrams.bind(anywhere, { received: () => undefined }), { code: "ENODEV" });
});

ifLinux("D08: an address in use is refused with the system's code", async (t) => {
  const taken = createSocket("udp4");
  await new Promise<void>((resolve) => void taken.bind(0, "127.0.0.1", resolve));
  const { port } = taken.address();
  const datagrams = datagramsOn(socketsOf("lo"));
  const bound = datagrams.bind({ ...anywhere, port }, { received: () => undefined });
  await t.throwsAsync(bound, { code: "EADDRINUSE" });
  taken.close();
});
