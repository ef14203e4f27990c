// A leader as a process of its own, so that a test can kill it: URL and number of agents as words.

import { connectAgents } from "../../../packages/load-tester/src/agents/leader/connect-agents.ts";
import { agentRun } from "./agent-scenario.ts";

const [url = "", agents = "1"] = process.argv.slice(2);
const connected = await connectAgents({ nats: { url }, agents: Number(agents), log: () => {} });
const leader = connected.generators({
  window: () => console.log("window"),
  lost: () => {},
});
await leader.prepare(agentRun());
leader.begin(Date.now());
