// `pnpm test:dht-packets [PACKETS [SEED]]`: a node under ten million packets, and the CPU time of each.

import { floodNode } from "./support/packet-flood.ts";
import { mostMicroseconds, PacketTimes } from "./support/packet-times.ts";

const [packets = "10000000", seed = "1"] = process.argv.slice(2);

const times = new PacketTimes();
const run = (handle: () => void): void => times.measure(handle);
const outcome = await floodNode({ seed, packets: Number(packets), run });
console.log(`${packets} packets, ${outcome.receivedBytes} bytes in, ${outcome.sentBytes} out`);
console.log(times.line);
console.log(`${outcome.answered} of ${outcome.asked} honest questions answered`);
for (const failure of outcome.failures) console.log(failure);
const isAnswered = outcome.failures.length === 0 && outcome.answered === outcome.asked;
process.exitCode = isAnswered && times.percentile(0.9999) <= mostMicroseconds ? 0 : 1;
