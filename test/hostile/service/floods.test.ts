// Floods from many addresses: other calls are answered meanwhile, and the owner logs in from an address that has succeeded
// before. Times are those of bench/service-floods.

import test from "ava";
import { addressesOf, SlowHeads } from "../../support/service/floods.ts";
import { GatedScrypt } from "../../support/service/gated-scrypt.ts";
import { httpRestarts, Served } from "../../support/service/served.ts";
import { until } from "../../support/time/until.ts";

/** The bound of connections of unknown addresses: guard/connection-bounds.ts. */
const mostUnknown = 192;
/** Password checks under way: one runs, and 16 wait: guard/check-queue.ts. */
const mostChecks = 17;

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
  await using served = await Served.open();
  const token = await served.token("read");
  const owner = "127.0.0.9";
  // The address is known by a token: its password is checked below for the first time.
  await served.ask("/api/v1/torrents", { headers: token, from: owner });
  const wrong = served.basic("of a stranger");
  const statuses: number[] = [];
  const answered = async (count: number): Promise<void> =>
    await until(`${count} guesses are answered`, () => statuses.length === count);
  const guess = async (from: string): Promise<void> => {
    const { status } = await served.ask("/api/v1/torrents", { headers: wrong, from });
    statuses.push(status);
  };
  const addresses = addressesOf(4, 1_000);
  const guesses: Promise<void>[] = [];
  using gate = new GatedScrypt();
  for (let sent = 100; sent <= 1_000; sent += 100) {
    guesses.push(...addresses.slice(sent - 100, sent).map((from) => guess(from)));
    t.is((await served.ask("/api/v1/torrents", { headers: token })).status, 200);
    await answered(sent - mostChecks);
    if (sent === 600) {
      const login = served.ask("/api/v1/torrents", { headers: served.basic(), from: owner });
      // The last guess that waited gives its place to the owner.
      await answered(sent - mostChecks + 1);
      gate.pass();
      await answered(sent - mostChecks + 2);
      await until("the owner's password is derived", () => gate.waiting === 1);
      gate.pass();
      t.is((await login).status, 200);
    } else {
      gate.pass();
      await answered(sent - mostChecks + 1);
    }
  }
  gate[Symbol.dispose]();
  await Promise.all(guesses);
  // One of each hundred was checked, and at the end those that waited.
  const checked = 10 + mostChecks - 1;
  const counts = Object.groupBy(statuses, String);
  t.deepEqual(
    Object.entries(counts).map(([status, each]) => [status, each?.length]),
    [
      ["401", checked],
      ["503", 1_000 - checked],
    ],
  );
  t.is(await httpRestarts(served), 0);
});
