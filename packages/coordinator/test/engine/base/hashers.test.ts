import test from "ava";
import type { TorrentId } from "@troupe/messages";
import { Hashers, mostHashers } from "../../../src/engine/base/hashers.ts";

function scene() {
  const log: string[] = [];
  const hashers = new Hashers((url) => {
    log.push(`open ${url}`);
    return {
      load: () => Promise.resolve(),
      digestAll: () => Promise.resolve(new Uint8Array()),
      close() {
        log.push(`close ${url}`);
        return Promise.resolve();
      },
    };
  });
  return { hashers, log, take: (url: string) => hashers.take(url, 1 as TorrentId) };
}

test("AE27: torrents with the same hasher share it, and the last of them closes it", (t) => {
  const { hashers, log, take } = scene();
  t.is(take("a"), take("a"));
  hashers.release("a");
  t.deepEqual(log, ["open a"]);
  hashers.release("a");
  t.deepEqual(log, ["open a", "close a"]);
  take("a");
  t.deepEqual(log, ["open a", "close a", "open a"]);
});

test("AE27: four hashers are open at once, and a further one when one of them is closed", (t) => {
  const { hashers, take } = scene();
  for (const url of Array.from({ length: mostHashers }, (_, index) => `${index}`))
    t.not(take(url), undefined);
  t.is(take("more"), undefined);
  t.not(take("0"), undefined);
  hashers.release("1");
  t.not(take("more"), undefined);
});
