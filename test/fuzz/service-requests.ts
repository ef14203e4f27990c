// `pnpm test:service-requests [REQUESTS [SEED]]`: a service under a million random requests.

import { floodRequests } from "./support/request-flood.ts";

/** Memory kept a request adds up to more. */
const mostGrownBytes = 64 * 1_048_576;

const [requests = "1000000", seed = "1"] = process.argv.slice(2);
const outcome = await floodRequests({
  seed,
  requests: Number(requests),
  progress: (sent) => console.log(`${sent} requests`),
});
for (const finding of outcome.findings) console.log(finding);
const answers = Object.entries(outcome.answers).map(([kind, count]) => `${kind}xx ${count}`);
console.log(`${outcome.sent} requests of seed ${seed}: ${answers.join(", ")}`);
console.log(
  `${outcome.findings.length} findings, ${outcome.restarts} restarts, RSS + ${(outcome.grownBytes / 1_048_576).toFixed(1)} MiB after the first quarter`,
);
const isSound =
  outcome.findings.length === 0 && outcome.restarts === 0 && outcome.grownBytes <= mostGrownBytes;
process.exitCode = isSound ? 0 : 1;
