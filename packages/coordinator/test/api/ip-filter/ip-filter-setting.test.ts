// The IP filter of a real engine on loopback: connections come from several addresses of 127/8.

import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { type ExecutionContext } from "ava";
import { encodeTorrent, parseTorrent } from "@troupe/protocol/metainfo";
import { encodeHandshake } from "@troupe/protocol/peer";
import { Coordinator, type CoordinatorOptions } from "../../../src/index.ts";
import { endActor } from "../../../src/testing.ts";

const onLinux = process.platform === "linux" ? test : test.skip;

const metainfo = encodeTorrent({
  name: "job",
  pieceLengthBytes: 16_384,
  pieceHashes: new Uint8Array(20),
  lengthBytes: 5,
});
const { infoHash } = parseTorrent(metainfo);

function scene(t: ExecutionContext) {
  const folder = mkdtempSync(join(tmpdir(), "ip-filter-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  let lists = 0;
  return {
    folder,
    list: (text: string): string => {
      const path = join(folder, `list ${++lists}`);
      writeFileSync(path, text);
      return path;
    },
    start: async (options: CoordinatorOptions = {}): Promise<Coordinator> => {
      const coordinator = await Coordinator.start({
        directory: folder,
        localDiscovery: false,
        portMapping: false,
        port: 0,
        bind: ["127.0.0.1"],
        host: "inline",
        memory: 2 * 1024 * 1024,
        peerWorkers: 1,
        ...options,
      });
      t.teardown(() => coordinator.close());
      return coordinator;
    },
  };
}

let peers = 0;

/** Connects from this address, and shakes hands. @returns undefined when the connection was closed unanswered. */
async function meet({ port }: Coordinator, localAddress: string): Promise<Socket | undefined> {
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  const peerId = Buffer.from(String(++peers).padStart(20, "-"));
  socket.on("error", () => undefined);
  socket.write(encodeHandshake({ infoHash, peerId }));
  return await new Promise((resolve) => {
    socket.once("data", () => resolve(socket));
    socket.once("close", () => resolve(undefined));
  });
}

async function isAccepted(coordinator: Coordinator, localAddress: string): Promise<boolean> {
  const socket = await meet(coordinator, localAddress);
  socket?.destroy();
  return socket !== undefined;
}

/** Connects until the torrent is open and takes the connection. @param before Runs before each try. */
async function untilMet(
  coordinator: Coordinator,
  localAddress: string,
  before = (): unknown => undefined,
): Promise<Socket> {
  for (;;) {
    await before();
    const socket = await meet(coordinator, localAddress);
    if (socket !== undefined) return socket;
  }
}

function crashes(coordinator: Coordinator, name: string): Promise<void> {
  return new Promise((resolve) => {
    coordinator.on("worker", (event) => {
      if (event.name === name && event.state === "restarting") resolve();
    });
  });
}

onLinux("filtered addresses are refused from the start, and after every crash", async (t) => {
  const { start, list } = scene(t);
  const coordinator = await start({
    ipFilter: list("127.0.0.2/32\n127.0.0.4 - 127.0.0.9 , 0 , x"),
  });
  await coordinator.add(metainfo);
  const refuses = async (): Promise<void> => {
    t.false(await isAccepted(coordinator, "127.0.0.2"));
    t.false(await isAccepted(coordinator, "127.0.0.9"));
  };
  (await untilMet(coordinator, "127.0.0.3", refuses)).destroy();
  for (const name of ["peer-0", "engine"]) {
    const crashed = crashes(coordinator, name);
    endActor(coordinator, name);
    await crashed;
    (await untilMet(coordinator, "127.0.0.3", refuses)).destroy();
    await refuses();
  }
});

onLinux("a new list closes the peers that it names, and opens the way of the others", async (t) => {
  const { start, list } = scene(t);
  const coordinator = await start({ ipFilter: list("127.0.0.2") });
  const torrent = await coordinator.add(metainfo);
  const connected = new Promise((resolve) => torrent.on("peer", resolve));
  const peer = await untilMet(coordinator, "127.0.0.3");
  await connected;
  const closed = new Promise((resolve) =>
    torrent.on("peer", (event) => event.connected || resolve(event.reason)),
  );
  await coordinator.setIpFilter(list("127.0.0.3"));
  t.is(await closed, "ip-filtered");
  if (!peer.closed) await once(peer, "close");
  // A peer whose connection has just ended may be refused as a second one of its peer id.
  (await untilMet(coordinator, "127.0.0.2")).destroy();
  await coordinator.setIpFilter(undefined);
  t.is(coordinator.ipFilter, undefined);
  (await untilMet(coordinator, "127.0.0.3")).destroy();
});

test("the filter's path, ranges and skipped lines are known", async (t) => {
  const { start, list } = scene(t);
  const path = list("1.2.3.4\nbroken\n1.2.3.5\n2001:db8::/32\n");
  const coordinator = await start({ ipFilter: path });
  t.deepEqual(coordinator.ipFilter, { path, ranges: 2, skippedLines: 1, firstSkippedLine: 2 });
});

test("a list that cannot be used leaves the old filter, and the start fails with its code", async (t) => {
  const { start, list, folder } = scene(t);
  const path = list("1.2.3.4");
  const coordinator = await start({ ipFilter: path });
  await t.throwsAsync(coordinator.setIpFilter(list("words")), { code: "ip-filter-malformed" });
  await t.throwsAsync(coordinator.setIpFilter(join(folder, "no")), {
    code: "ip-filter-unreadable",
  });
  await t.throwsAsync(coordinator.setIpFilter("a\0b"), { code: "option-out-of-range" });
  t.is(coordinator.ipFilter?.path, path);
  await t.throwsAsync(start({ ipFilter: join(folder, "no") }), { code: "ip-filter-unreadable" });
  await t.throwsAsync(start({ ipFilter: 7 as unknown as string }), { code: "option-out-of-range" });
});

test("replacements take effect in the order of the calls", async (t) => {
  const { start, list } = scene(t);
  const coordinator = await start();
  const [long, short] = [list("1.2.3.4\n".repeat(50_000)), list("1.2.3.4")];
  await Promise.all([coordinator.setIpFilter(long), coordinator.setIpFilter(short)]);
  t.is(coordinator.ipFilter?.path, short);
});

test("an aborted replacement leaves the filter, and does not hold up the next one", async (t) => {
  const { start, list } = scene(t);
  const coordinator = await start();
  const controller = new AbortController();
  const long = list("1.2.3.4\n".repeat(500_000));
  const aborted = coordinator.setIpFilter(long, { signal: controller.signal });
  const next = coordinator.setIpFilter(list("1.2.3.5"));
  controller.abort(new Error("enough"));
  await t.throwsAsync(aborted, { message: "enough" });
  await next;
  t.is(coordinator.ipFilter?.ranges, 1);
});

test("close() ends a read, and a closed coordinator takes no filter", async (t) => {
  const { start, list } = scene(t);
  const coordinator = await start();
  const reading = coordinator.setIpFilter(list("1.2.3.4\n".repeat(500_000)));
  const closed = { code: "coordinator-closed" };
  await Promise.all([t.throwsAsync(reading, closed), coordinator.close()]);
  await t.throwsAsync(coordinator.setIpFilter(undefined), closed);
});
