// Re-checks through the library, in one running engine:
//
//   check-run.ts TORRENT FOLDER
//
// The last line says how long each took, as JSON.

import { Coordinator } from "@troupe/coordinator";
import { quiet } from "../../test/support/swarm/quiet.ts";

/** The last line of a run, as JSON. */
export interface CheckReport {
  /** From a `checkOnly` torrent being added to its `checked`. */
  readonly checkedSeconds: number;
  /** One `hashcheck()` of the same torrent, which seeds. */
  readonly hashcheckSeconds: number;
}

const [torrentPath = "", directory = ""] = process.argv.slice(2);

await using coordinator = await Coordinator.start({
  ...quiet,
  directory,
  port: 0,
  bind: ["127.0.0.1"],
});
let startMs = performance.now();
const looked = await coordinator.add(torrentPath, { checkOnly: true });
expectWhole(await looked.checked);
const checkedSeconds = secondsSince(startMs);
await looked.remove();

const torrent = await coordinator.add(torrentPath, { useTrackers: false });
await torrent.completed;
// The pause lets every thread cool down since the check before, as for a user who comes back after a while.
await new Promise((resolve) => setTimeout(resolve, 1_500));
startMs = performance.now();
expectWhole(await torrent.hashcheck());
const report: CheckReport = { checkedSeconds, hashcheckSeconds: secondsSince(startMs) };
console.log(JSON.stringify(report));

function expectWhole({ failed }: { readonly failed: number }): void {
  if (failed > 0) throw new Error(`${failed} pieces failed, none should`);
}

function secondsSince(ms: number): number {
  return (performance.now() - ms) / 1_000;
}
