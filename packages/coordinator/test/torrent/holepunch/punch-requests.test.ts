import test from "ava";
import type { TorrentId } from "@troupe/messages";

import { PunchRequests } from "../../../src/torrent/holepunch/punch-requests.ts";

const request = { torrent: 1 as TorrentId, relay: "relay", host: "8.0.0.9" };

test("the answer to a request counts once, and for 30 s", (t) => {
  const requests = new PunchRequests();
  t.false(requests.take(request, 0));
  requests.add(request, 0);
  t.true(requests.take(request, 29_999));
  t.false(requests.take(request, 29_999));
  requests.add(request, 0);
  t.false(requests.take(request, 30_000));
});

test("an answer of another relay, for another host or another torrent is none", (t) => {
  const requests = new PunchRequests();
  requests.add(request, 0);
  t.false(requests.take({ ...request, relay: "other" }, 1));
  t.false(requests.take({ ...request, host: "8.0.0.8" }, 1));
  t.false(requests.take({ ...request, torrent: 2 as TorrentId }, 1));
  t.true(requests.take(request, 1));
});

test("of more than a thousand requests the oldest is forgotten; a repeated one is new", (t) => {
  const requests = new PunchRequests();
  const to = (number: number) => ({ ...request, host: `8.1.${number >> 8}.${number & 255}` });
  for (let number = 0; number < 1_000; number++) requests.add(to(number), 0);
  requests.add(to(0), 1);
  requests.add(to(1_000), 1);
  t.true(requests.take(to(0), 2));
  t.false(requests.take(to(1), 2));
  t.true(requests.take(to(2), 2));
  t.true(requests.take(to(1_000), 2));
});
