import test from "ava";
import fc from "fast-check";
import { addressKey } from "@troupe/protocol/address";
import { ExchangeList } from "../../../src/torrent/peer-exchange/exchange-list.ts";
import {
  ExchangePartner,
  type Audience,
} from "../../../src/torrent/peer-exchange/exchange-partner.ts";
import { seededRandom } from "@troupe/actor-runtime/testing";

const minuteMs = 60_000;
const stranger: Audience = { key: undefined, isLocal: false };

const host4 = (number: number): string => `8.0.${number >> 8}.${number & 255}`;
const host6 = (number: number): string => `2001:db8::${(number + 1).toString(16)}`;

function addresses(count: number, host = host4, from = 0) {
  return Array.from({ length: count }, (_, place) => ({
    host: host(from + place),
    port: 6881,
    flags: 16,
  }));
}

/** A partner, and a clock that starts when its first message is due. */
function scene(audience = stranger) {
  const list = new ExchangeList();
  const partner = new ExchangePartner(0, 0);
  const random = seededRandom(3);
  let nowMs = partner.dueAtMs;
  return {
    list,
    partner,
    /** The next message, with the time in minutes after the first. */
    hear(minutes = 0) {
      nowMs = Math.max(nowMs, 10_000 + minutes * minuteMs);
      const message = partner.nextMessage(list, audience, { random, nowMs });
      return message && { added: message.added.length, dropped: message.dropped.length };
    },
  };
}

test("the first message is due 10 to 20 s after the offer, further ones a minute after the last", (t) => {
  t.is(new ExchangePartner(500, 0).dueAtMs, 10_500);
  t.is(new ExchangePartner(500, 0.999).dueAtMs, 20_490);
  const { hear, list, partner } = scene();
  list.update(addresses(1), 0);
  t.deepEqual(hear(), { added: 1, dropped: 0 });
  t.is(partner.dueAtMs, 10_000 + minuteMs);
});

test("the first message has 50 peers of each family, further ones 50 in all", (t) => {
  const { hear, list } = scene();
  list.update([...addresses(70), ...addresses(70, host6)], 0);
  t.deepEqual(hear(), { added: 100, dropped: 0 });
  t.deepEqual(hear(1), { added: 40, dropped: 0 });
  list.update([...addresses(70), ...addresses(130, host6)], 0);
  t.deepEqual(hear(2), { added: 50, dropped: 0 });
  t.deepEqual(hear(3), { added: 10, dropped: 0 });
  t.is(hear(4), undefined);
});

test("a message drops 50 peers at most, and the next ones the rest", (t) => {
  const { hear, list } = scene();
  list.update([...addresses(50), ...addresses(50, host6)], 0);
  hear();
  list.update([], 0);
  t.deepEqual(hear(1), { added: 0, dropped: 50 });
  t.deepEqual(hear(2), { added: 0, dropped: 50 });
  t.is(hear(3), undefined);
});

test("nothing is sent when nothing changed, and a partner lacks no news then", (t) => {
  const { hear, list, partner } = scene();
  t.true(partner.lacksNews(list));
  t.is(hear(), undefined);
  t.false(partner.lacksNews(list));
  list.update(addresses(2), 0);
  t.true(partner.lacksNews(list));
  t.deepEqual(hear(1), { added: 2, dropped: 0 });
  list.update(addresses(2), 0);
  t.false(partner.lacksNews(list));
  t.is(hear(2), undefined);
});

test("a peer that came back meanwhile is neither added nor dropped", (t) => {
  const { hear, list } = scene();
  list.update(addresses(2), 0);
  hear();
  list.update([], 0);
  list.update(addresses(2), 0);
  t.is(hear(1), undefined);
});

test("a partner is not told of itself, and an internet partner of no local peer", (t) => {
  const list = new ExchangeList();
  const local = { host: "192.168.1.7", port: 6881, flags: 0 };
  list.update([...addresses(2), local], 0);
  const toldTo = (audience: Audience): string[] => {
    const context = { random: seededRandom(1), nowMs: 10_000 };
    const message = new ExchangePartner(0, 0).nextMessage(list, audience, context);
    return (message?.added ?? []).map(({ host, port }) => addressKey(host, port)).toSorted();
  };
  t.deepEqual(toldTo(stranger), ["8.0.0.0:6881", "8.0.0.1:6881"]);
  t.deepEqual(toldTo({ ...stranger, key: "8.0.0.1:6881" }), ["8.0.0.0:6881"]);
  t.deepEqual(toldTo({ key: "192.168.1.8:1", isLocal: true }), [
    "192.168.1.7:6881",
    "8.0.0.0:6881",
    "8.0.0.1:6881",
  ]);
});

test("a partner knows of 200 peers at most", (t) => {
  const { hear, list } = scene();
  list.update(addresses(1_000), 0);
  const heard = [0, 1, 2, 3, 4, 5].map((minute) => hear(minute)?.added ?? 0);
  t.deepEqual(heard, [50, 50, 50, 50, 0, 0]);
  list.update(addresses(1_000, host4, 1_000), 0);
  t.deepEqual(hear(6), { added: 50, dropped: 50 });
});

test("for any peers that come and go, a partner's picture is right in the end, and no message breaks a bound", (t) => {
  const rounds = fc.array(fc.array(fc.nat(150), { maxLength: 150 }), { maxLength: 12 });
  fc.assert(
    fc.property(rounds, fc.nat(), (lists, seed) => {
      const list = new ExchangeList();
      const partner = new ExchangePartner(0, 0);
      const random = seededRandom(seed);
      const picture = new Set<string>();
      const last = lists.at(-1) ?? [];
      for (const [round, numbers] of [...lists, last, last, last, last].entries()) {
        list.update(
          numbers.map((number) => ({ host: host4(number), port: 1, flags: 0 })),
          0,
        );
        const nowMs = (round + 1) * minuteMs;
        const message = partner.nextMessage(list, stranger, { random, nowMs });
        const { added = [], dropped = [] } = message ?? {};
        t.true(added.length <= 50 && dropped.length <= 50);
        for (const { host } of dropped) t.true(picture.delete(host), "dropped and not named");
        for (const { host } of added) {
          t.false(picture.has(host), "named twice");
          t.false(
            dropped.some((gone) => gone.host === host),
            "added and dropped",
          );
          picture.add(host);
        }
      }
      t.deepEqual([...picture].toSorted(), [...new Set(last.map(host4))].toSorted());
    }),
    { numRuns: 50 },
  );
});
