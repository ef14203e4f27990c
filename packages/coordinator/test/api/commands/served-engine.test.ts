import test from "ava";
import { temporaryFolder } from "../../../../../test/support/files/temporary-folder.ts";
import { quiet } from "../../../../../test/support/swarm/quiet.ts";
import { Coordinator } from "../../../src/api/coordinator.ts";
import { ServedEngine } from "../../../src/api/commands/served-engine.ts";

const magnets = ["a", "b"].map((digit) => `magnet:?xt=urn:btih:${digit.repeat(40)}`);

test("torrents that a service adds by itself are in its groups, and it sees and changes their wishes", async (t) => {
  using folder = temporaryFolder("served-engine");
  await using coordinator = await Coordinator.start({
    ...quiet,
    ...{ port: 0, bind: ["127.0.0.1"], host: "inline", directory: folder.path, startAdded: false },
  });
  const engine = new ServedEngine(coordinator);
  await engine.add(magnets[0] ?? "", { group: "films" });
  await engine.add(magnets[1] ?? "", { state: "started" });
  t.true(engine.isOnRecord("a".repeat(40)));
  t.false(engine.isOnRecord("c".repeat(40)));
  await t.throwsAsync(engine.add(magnets[1] ?? "", {}), { code: "torrent-exists" });
  const wishes = () =>
    engine.steered.map(({ group, isPaused, isStarted }) => ({ group, isPaused, isStarted }));
  t.deepEqual(wishes(), [
    { group: "films", isPaused: false, isStarted: false },
    { group: undefined, isPaused: false, isStarted: true },
  ]);
  engine.steered[1]?.pause();
  engine.steered[0]?.start();
  t.deepEqual(
    wishes().map(({ isPaused, isStarted }) => [isStarted, isPaused]),
    [
      [true, false],
      [true, true],
    ],
  );
  engine.steered[1]?.start();
  t.false(wishes()[1]?.isPaused);
});
