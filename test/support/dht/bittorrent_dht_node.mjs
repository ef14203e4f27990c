// A DHT node of npm's bittorrent-dht: `node bittorrent_dht_node.mjs PORT HOST [NODE …]`. IPv4 only. Prints one JSON
// object a line and obeys one a line of its standard input (scripted-node.ts has them); ends when that does.

import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { createInterface } from "node:readline";
import DHT from "bittorrent-dht";
import { repeat } from "../time/repeat.ts";

const [port, host, ...nodes] = process.argv.slice(2);
/** The bytes before a key of ed25519 in PKCS #8 and in SPKI. */
const [secretHead, publicHead] = ["302e020100300506032b657004220420", "302a300506032b6570032100"];

const dht = new DHT({
  bootstrap: nodes.filter((node) => !node.startsWith("[")),
  verify: (signature, message, key) => verify(null, message, publicKeyOf(key), signature),
});
dht.on("error", ({ message }) => say("error", { message }));
dht.on("ready", () => say("ready"));
dht.on("peer", (peer, infoHash) =>
  say("peers", { infoHash: hex(infoHash), peers: [`${peer.host}:${peer.port}`] }),
);
dht.listen(Number(port), host);

/** From one announce to the next: the first ones know few nodes. */
const announceMs = 5_000;

const actions = {
  announce: (words) => void repeat(announceMs, () => announce(words)),
  "get-peers": ({ infoHash }) => dht.lookup(infoHash, sayError),
  put: ({ value }) => dht.put({ v: Buffer.from(value) }, sayStored),
  "put-mutable": ({ value, secret, publicKey, salt, sequence }) =>
    dht.put(
      {
        k: Buffer.from(publicKey, "hex"),
        ...(salt === "" ? {} : { salt: Buffer.from(salt) }),
        seq: sequence,
        v: Buffer.from(value),
        sign: (message) => sign(null, message, secretKeyOf(secret)),
      },
      sayStored,
    ),
  get: ({ target }) => dht.get(target, { cache: false }, (_, item) => sayItem({ target }, item)),
  "get-mutable": ({ target, publicKey, salt }) => {
    const options = { cache: false, ...(salt === "" ? {} : { salt }) };
    dht.get(target, options, (_, item) => sayItem({ publicKey }, item));
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { do: action, ...words } = JSON.parse(line);
  actions[action](words);
}
dht.destroy();

/** An announce by itself asks the nodes that a look-up of the last five minutes found. */
function announce({ infoHash, port }) {
  dht.lookup(infoHash, () => dht.announce(infoHash, port));
}

function say(event, fields = {}) {
  console.log(JSON.stringify({ event, ...fields }));
}

function sayError(error) {
  if (error) say("error", { message: error.message });
}

function sayStored(error, _, nodes) {
  sayError(error);
  say("stored", { nodes: nodes ?? 0 });
}

function sayItem(key, item) {
  if (item) say("item", { ...key, value: Buffer.from(item.v).toString(), sequence: item.seq });
}

function hex(bytes) {
  return Buffer.from(bytes).toString("hex");
}

function publicKeyOf(key) {
  const spki = Buffer.concat([Buffer.from(publicHead, "hex"), key]);
  return createPublicKey({ key: spki, format: "der", type: "spki" });
}

function secretKeyOf(seed) {
  const pkcs8 = Buffer.from(secretHead + seed, "hex");
  return createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
}
