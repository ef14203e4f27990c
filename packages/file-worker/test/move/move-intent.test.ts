import test from "ava";
import { sha1 } from "@troupe/actor-runtime/testing";
import type { TorrentKey } from "@troupe/protocol/identity";
import {
  decodeIntent,
  encodeIntent,
  listedMove,
  type MoveIntent,
} from "../../src/move/move-intent.ts";

const stat = { device: 1n, inode: 2n, lengthBytes: 3, mtimeNs: 4n, ctimeNs: 5n };
const intent: MoveIntent = {
  key: "0123456789abcdef0123456789abcdef01234567" as TorrentKey,
  from: "/from",
  to: "/to",
  mark: "0123456789abcdef",
  stage: "switched",
  files: [{ index: 0, before: stat, source: stat, way: "copy", target: stat }],
};

test("an intent is decoded as it was encoded, and listed", (t) => {
  const bytes = encodeIntent(intent, sha1);
  t.deepEqual(decodeIntent(bytes, sha1), intent);
  const { key, from, to } = intent;
  t.deepEqual(listedMove(bytes, sha1), { key, from, to, isSwitched: true, isWhole: true });
});

test("the key has the name and place in the file that earlier releases gave it", (t) => {
  const text = Buffer.from(encodeIntent(intent, sha1)).toString("latin1");
  const { key } = intent;
  const fields = `"from":"/from","to":"/to","mark":"0123456789abcdef","stage":"switched","files":[`;
  t.true(text.startsWith(`troupeMV{"infoHash":"${key}",${fields}`), text);
  t.true(text.slice(0, -20).endsWith(`],"version":1}`), text);
});

test("an intent whose key is none, or that is damaged, is no intent", (t) => {
  const odd = { ...intent, key: "../".padEnd(40, "0") as TorrentKey };
  t.is(decodeIntent(encodeIntent(odd, sha1), sha1), undefined);
  const bytes = encodeIntent(intent, sha1);
  bytes[20] = 0;
  t.is(decodeIntent(bytes, sha1), undefined);
});
