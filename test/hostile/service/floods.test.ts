// Floods from many addresses: other calls are answered meanwhile, and the owner logs in from an address that has succeeded
// before. Times are those of bench/service-floods.

import { setImmediate } from "node:timers/promises";
import test from "ava";
import { addressesOf, SlowHeads } from "../../support/service/floods.ts";
import { httpRestarts, Served } from "../../support/service/served.ts";

/** The bound of connections of unknown addresses: guard/connection-bounds.ts. */
const mostUnknown = 192;

test("case 89: 1,000 slow connections from 64 addresses hold 192 places at most, and known callers are answered", async (t) => {
  await using served = await Served.open();
  const token = await served.token("read");
  t.is((await served.ask("/api/v1/torrents", { headers: token })).status, 200);
  using slow = new SlowHeads(served.port, addressesOf(3, 64), 1_000);
  await slow.opened();
  for (let count = 0; count < 100; count++)
    t.is((await served.ask("/api/v1/torrents", { headers: token })).status, 200);
  t.is((await served.ask("/api/v1/torrents", { headers: served.basic() })).status, 200);
  await slow.closedTo(mostUnknown);
  t.true(slow.open <= mostUnknown, `${slow.open}`);
  // The bound closes without an answer. Those within it may be answered at the end of the time that a head may take.
  t.true(slow.answered <= mostUnknown, `${slow.answered}`);
  t.is(slow.connected, 1_000);
  t.is(await httpRestarts(served), 0);
});

test("case 93: of 1,000 guesses from 1,000 addresses none is right; the owner's check comes before those that wait", async (t) => {
  await using served = await Served.open({ passwordCost: 2 ** 15 });
  const token = await served.token("read");
  const owner = "127.0.0.9";
  // The address is known by a token: its password is checked below for the first time.
  await served.ask("/api/v1/torrents", { headers: token, from: owner });
  const wrong = served.basic("of a stranger");
  const statuses: number[] = [];
  const addresses = addressesOf(4, 1_000);
  const guess = async (from: string): Promise<void> => {
    const asked = served.ask("/api/v1/torrents", { headers: wrong, from });
    statuses.push(await asked.then(({ status }) => status).catch(() => 0));
  };
  const checked = (): number => statuses.filter((status) => status === 401).length;
  const guesses: Promise<void>[] = [];
  for (let first = 0; first < 1_000; first += 100) {
    guesses.push(...addresses.slice(first, first + 100).map((from) => guess(from)));
    t.is((await served.ask("/api/v1/torrents", { headers: token })).status, 200);
    // One check runs, and 16 wait: all others are answered at once.
    while (statuses.length < first + 100 - 17) await setImmediate();
    if (first !== 500) continue;
    const before = checked();
    const login = await served.ask("/api/v1/torrents", { headers: served.basic(), from: owner });
    t.is(login.status, 200);
    // The check that was under way, and answers that were on their way; those of the 16 that wait are not among them.
    t.true(checked() - before <= 5, `${checked() - before}`);
  }
  await Promise.all(guesses);
  t.is(statuses.length, 1_000);
  t.deepEqual(
    [...new Set(statuses)].filter((status) => ![0, 401, 429, 503].includes(status)),
    [],
  );
  t.true(checked() >= 17);
  t.is(await httpRestarts(served), 0);
});
