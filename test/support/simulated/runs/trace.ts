// Prints the digest of one rough run and how many lines its trace has: `node test/support/simulated/runs/trace.ts SEED`.

import { runDownload } from "./download.ts";
import { deadlyScenario } from "./scenario.ts";

const { swarm } = await runDownload(deadlyScenario(Number(process.argv[2])), { keepTrace: true });
const { world } = swarm;
process.stdout.write(`${world.traceDigest()} ${world.trace.length}\n`);
