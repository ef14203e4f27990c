// `pnpm test:utp-packets [DATAGRAMS [SEED]]`: the shared UDP port under ten million datagrams, and the CPU time of each. None takes
// more than 1 ms: one that did is handled ten times more, and the median of those counts.

import { mostMicroseconds, PacketTimes } from "./support/packet-times.ts";
import { floodPort } from "./support/port-flood.ts";

const [packets = "10000000", seed = "1"] = process.argv.slice(2);

const times = new PacketTimes();
const run = (handle: () => void): void => times.measureAgain(handle);
const outcome = await floodPort({ seed, packets: Number(packets), run });
console.log(`${packets} datagrams, ${outcome.receivedBytes} bytes in, ${outcome.sentBytes} out`);
console.log(times.line);
console.log(
  `handled again: ${times.repeatedMedians.length}, medians ${times.repeatedMedians.join(" ")}`,
);
console.log(`${outcome.answered} of ${outcome.asked} honest questions answered`);
console.log(`${outcome.opened} connections of hostile peers opened`);
for (const failure of outcome.failures) console.log(failure);
const isAnswered = outcome.failures.length === 0 && outcome.answered === outcome.asked;
process.exitCode = isAnswered && times.percentile(1) <= mostMicroseconds ? 0 : 1;
