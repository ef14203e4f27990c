import test from "ava";
import { untriedAddress, type KnownAddress } from "../../../src/torrent/addresses/known-address.ts";
import { OwnAddresses } from "../../../src/torrent/addresses/own-addresses.ts";
import { mostMoved, rankedAtOnce, Redials } from "../../../src/torrent/addresses/redials.ts";
import { addressOf, ownPort } from "../../support/directory.ts";

const port = 6_881;

/** Addresses that wait, due one a millisecond, and the count of those that were read since the last look. */
function scene(count: number) {
  const read = new Set<KnownAddress>();
  const redials = new Redials({
    bans: { endMs: () => 0 },
    own: new OwnAddresses(() => [ownPort]),
    dialBounds: { redialsAtMs: () => 0 },
    dropFiltered: () => false,
  });
  const addresses = Array.from({ length: count }, (_, at) => {
    const known = untriedAddress(addressOf(at), port);
    Object.assign(known, { state: "waiting", failures: 1 + (at % 7), nextTryMs: at });
    const seen: KnownAddress = new Proxy(known, {
      get: (target, key) => {
        read.add(known);
        return Reflect.get(target, key) as unknown;
      },
    });
    redials.add(seen);
    return seen;
  });
  const readsOf = (act: () => void): number => {
    read.clear();
    act();
    return read.size;
  };
  return { addresses, readsOf, redials };
}

/** A redial that fails again: the address waits for longer. */
function fail(redials: Redials, known: KnownAddress, nowMs: number): void {
  redials.remove(known);
  known.failures++;
  known.nextTryMs = nowMs + 600_000;
  redials.add(known);
}

for (const count of [1_000, 10_000]) {
  test(`C17: a pick among ${count} addresses that are due reads a bounded number of them`, (t) => {
    const { readsOf, redials } = scene(count);
    const reads: number[] = [];
    for (let pick = 0; pick < 500; pick++) {
      const nowMs = count + pick;
      reads.push(
        readsOf(() => {
          const known = redials.best(nowMs, false);
          if (known !== undefined) fail(redials, known, nowMs);
        }),
      );
    }
    t.true(Math.max(...reads) <= mostMoved + rankedAtOnce + 1, `${Math.max(...reads)}`);
    // After all due addresses have been moved a pick reads the ranked ones alone.
    t.true((reads.at(-1) ?? Infinity) <= rankedAtOnce + 1);
  });
}

test("C17: a pick reads no address while none of 10,000 is due", (t) => {
  const { readsOf, redials } = scene(10_000);
  t.is(
    readsOf(() => t.is(redials.best(-1, false), undefined)),
    0,
  );
});

test("C17: as a seed we read no seed among 10,000 that are due, once they have been moved", (t) => {
  const { addresses, readsOf, redials } = scene(10_000);
  for (const known of addresses) {
    known.isSeed = true;
    redials.add(known);
  }
  for (let pick = 0; pick < 200; pick++) redials.best(20_000, true);
  t.is(
    readsOf(() => t.is(redials.best(20_000, true), undefined)),
    0,
  );
  t.not(redials.best(20_000, false), undefined);
});
