// A leader as a process of its own, so that a test can kill it: URL and number of agents as words.

import { natsGenerators } from "../../../packages/load-tester/src/agents/leader/nats-generators.ts";
import { agentRun } from "./agent-scenario.ts";

const [url = "", agents = "1"] = process.argv.slice(2);
const leader = await natsGenerators({
  nats: { url },
  agents: Number(agents),
  log: () => {},
  events: { window: () => console.log("window"), lost: () => {} },
});
await leader.prepare(agentRun());
leader.begin(Date.now());
