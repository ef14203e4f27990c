import { isIP } from "node:net";
import { gzipSync } from "node:zlib";

import type { AnnounceReply } from "@troupe/protocol/tracker";
import { classifyAddress } from "@troupe/protocol/address";
import { ProtocolError } from "@troupe/protocol/errors";
import { decodeAnnounceReply, encodeAnnounceReply } from "@troupe/protocol/tracker";

import { announceOverHttp } from "../../../packages/coordinator/src/trackers/http-tracker.ts";
import { TroupeError } from "@troupe/control";
import { bencoded } from "../engine/bencode-tree.ts";
import { bencodeMutator } from "../engine/mutate-bencode.ts";
import { hold, holdTyped, isClean } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const compact = Uint8Array.of(8, 8, 8, 8, 0x1a, 0xe1, 127, 0, 0, 1, 0, 80, 0, 0, 0, 0, 0, 1);
const compact6 = Uint8Array.from([0x20, 1, 0xd, 0xb8, ...new Uint8Array(11), 1, 0x1a, 0xe1]);

/** The answer of a tracker, through the announce that asks for it. */
export const announceReply: FuzzTarget = {
  name: "announce-reply",
  oracle:
    "an error with a code, or intervals within bounds, texts clean, at most 10,000 peers, none twice, all with a port and an address that can be dialled; written in our own form it is read the same",
  sources: [
    "protocol/src/tracker/announce-reply",
    "protocol/src/tracker/announced-peers",
    "protocol/src/tracker/bep-23",
    "protocol/src/address",
    "protocol/src/address/ip-address",
    "coordinator/src/trackers/http-tracker",
  ],
  seeds: () => [
    bencoded({
      complete: 3,
      incomplete: 4,
      interval: 1_800,
      "min interval": 60,
      peers: compact,
      peers6: compact6,
    }),
    bencoded({ interval: 1, peers: [{ ip: "192.0.2.1", "peer id": "x".repeat(20), port: 6_881 }] }),
    bencoded({
      peers: [
        { ip: "2001:DB8::1", port: 1 },
        { ip: "fe80::1%eth0", port: 2 },
        { ip: "host.example", port: 3 },
      ],
    }),
    bencoded({ "failure reason": "not \u001b[2J registered", "retry in": "never" }),
    bencoded({ "failure reason": "busy", "retry in": 5 }),
    bencoded({ "external ip": Uint8Array.of(203, 0, 113, 9), peers: "" }),
    bencoded({ "tracker id": "t", "warning message": "soon\nover", peers: "" }),
    Buffer.from("<html>404</html>"),
    gzipSync(bencoded({ peers: compact })),
  ],
  mutate: bencodeMutator({
    keys: [
      ..."complete|incomplete|interval|min interval|peers|peers6|failure reason|retry in|tracker id".split(
        "|",
      ),
      ..."warning message|ip|port|peer id|external ip|downloaded".split("|"),
    ],
    strings: [
      ..."never|0|5|1e9|0x10|-1|192.0.2.1|::1|::ffff:8.8.8.8|fe80::1%1|2001:DB8:0::1|010.1.1.1".split(
        "|",
      ),
      ..."2001:db8::1|1.2.3.4 |\u001b[31m|\u202e| 8.8.8.8".split("|"),
      compact,
      compact6,
    ],
  }),
  async run(input) {
    const status = input[0] === 0x3c ? 404 : 200;
    const http = {
      get: () =>
        Promise.resolve({ url: "http://t.example/", status, body: input, remoteHost: "192.0.2.9" }),
    };
    const reply = await settled(
      announceOverHttp(
        http as unknown as Parameters<typeof announceOverHttp>[0],
        "http://t.example/a",
        announce,
        { family: 4, deadlineMs: 1_000, signal: new AbortController().signal, epochMs: 0 },
      ),
    );
    if (reply === undefined) return;
    holdReply(reply.reply);
    holdBehind(input, reply.reply);
  },
};

const announce = {
  infoHash: "0".repeat(40) as Parameters<typeof announceOverHttp>[2]["infoHash"],
  peerId: new Uint8Array(20),
  port: 6_881,
  key: "k",
  uploaded: 0,
  downloaded: 0,
  left: 1,
  numWant: 200,
};

async function settled<Value>(promise: Promise<Value>): Promise<Value | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (!(error instanceof ProtocolError || error instanceof TroupeError)) throw error;
    holdTyped(error);
    return undefined;
  }
}

/** @throws when bytes behind the end of a reply change it. */
function holdBehind(input: Uint8Array, reply: AnnounceReply): void {
  // A gzipped body has its own end.
  if (input[0] === 0x1f) return;
  const longer = decodeAnnounceReply(Buffer.concat([input, Buffer.from("\r\ne<!--")]));
  hold(JSON.stringify(longer) === JSON.stringify(reply), "bytes behind the end change the reply");
}

function holdReply(reply: AnnounceReply): void {
  const { intervalSeconds, minIntervalSeconds = 60, complete = 0, incomplete = 0 } = reply;
  for (const seconds of [intervalSeconds, minIntervalSeconds]) {
    hold(seconds >= 60 && seconds <= 86_400, "an interval out of range");
  }
  for (const count of [complete, incomplete])
    hold(Number.isSafeInteger(count) && count >= 0, "an odd count");
  const { peers, warning = "", trackerId } = reply;
  hold(warning.length <= 300 && isClean(warning), "an unclean warning");
  hold(peers.length <= 10_000, "too many peers");
  const { externalHost = "8.8.8.8" } = reply;
  hold(classifyAddress(externalHost) !== "refused", () => `no address of ours: ${externalHost}`);
  const seen = new Set<string>();
  for (const { host, port } of peers) {
    hold(isIP(host) !== 0, () => `no address: ${host}`);
    hold(classifyAddress(host) !== "refused", () => `cannot be dialled: ${host}`);
    hold(port >= 1 && port <= 65_535, "a port out of range");
    const key = `${isIP(host) === 6 ? new URL(`http://[${host}]`).hostname : host} ${port}`;
    hold(!seen.has(key), () => `twice: ${key}`);
    seen.add(key);
  }
  for (const isCompact of [true, false]) {
    const written = encodeAnnounceReply({
      intervalSeconds,
      peers,
      compact: isCompact,
      ...(trackerId !== undefined && { trackerId }),
    });
    const again = decodeAnnounceReply(written);
    const hosts = (list: AnnounceReply["peers"]): string =>
      JSON.stringify(list.map((peer) => `${peer.host} ${peer.port}`).toSorted());
    hold(hosts(again.peers) === hosts(peers), "peers read otherwise");
    hold(
      again.intervalSeconds === intervalSeconds && again.trackerId === trackerId,
      "read otherwise",
    );
  }
}
