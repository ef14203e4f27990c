// Our DHT node: `node troupe-node.ts PORT HOST[,HOST] [NODE …]`. Prints one JSON object a line and obeys one a line of its
// standard input (scripted-node.ts has them); ends when that does.

import { createInterface } from "node:readline";
import type { DhtItem } from "@troupe/messages";
import { addressKey, parseHostPort } from "@troupe/protocol/address";
import { encode } from "@troupe/protocol/bencode";
import { parseNodeId, signItem } from "@troupe/protocol/dht";
import { OwnDhtWorker } from "./own-worker.ts";
import type { Action, NodeEvent } from "./scripted-node.ts";

/** From one announce to the next: the first ones know few nodes. */
const announceMs = 5_000;

const [port = "", hosts = "", ...nodes] = process.argv.slice(2);
const worker = await OwnDhtWorker.start(
  { bootstrap: nodes.map(parseHostPort), routers: [] },
  { hosts: hosts.split(","), ports: [Number(port)] },
  (error) => say({ event: "error", message: String(error) }),
);
say({ event: "ready" });
for await (const line of createInterface({ input: process.stdin })) {
  obey(JSON.parse(line) as Action);
}
await worker.stop();

function obey(action: Action): void {
  switch (action.do) {
    case "announce":
      return announce(action.infoHash, action.port);
    case "get-peers":
      return getPeers(action.infoHash);
    case "put":
      return put({ kind: "immutable", value: encode(action.value) });
    case "put-mutable":
      return put(signed(action));
    case "get":
      return get(action.target);
    case "get-mutable":
      return get(action.target, action);
  }
}

function announce(infoHash: string, port: number): void {
  const target = parseNodeId(infoHash);
  worker.begin({ kind: "announce-peer", target, port }, {}, announceMs);
}

function getPeers(infoHash: string): void {
  worker.begin(
    { kind: "get-peers", target: parseNodeId(infoHash) },
    {
      answered: ({ peers }) =>
        say({
          event: "peers",
          infoHash,
          peers: peers.map(({ host, port }) => addressKey(host, port)),
        }),
    },
  );
}

function put(item: DhtItem): void {
  worker.begin(
    { kind: "put-item", item },
    { ended: ({ stored }) => say({ event: "stored", nodes: stored }) },
  );
}

function get(
  target: string,
  mutable?: { readonly publicKey: string; readonly salt: string },
): void {
  const salt = mutable === undefined ? {} : { salt: Buffer.from(mutable.salt) };
  worker.begin(
    { kind: "get-item", target: parseNodeId(target), ...salt },
    {
      found: (bencoded, sequence) => {
        const value = textOf(bencoded);
        if (mutable === undefined) say({ event: "item", target, value });
        else say({ event: "item", publicKey: mutable.publicKey, value, sequence });
      },
    },
  );
}

function signed(action: Action & { readonly do: "put-mutable" }): DhtItem {
  const { secret, salt, sequence, value } = action;
  return signItem(Buffer.from(secret, "hex"), {
    salt: Buffer.from(salt),
    sequence: BigInt(sequence),
    value: encode(value),
  });
}

/** The text of `5:hello`. */
function textOf(bencoded: Uint8Array): string {
  const text = Buffer.from(bencoded).toString();
  return text.slice(text.indexOf(":") + 1);
}

function say(event: NodeEvent): void {
  console.log(JSON.stringify(event));
}
