// The leader of a load test at agents as a process of its own: URL, number of agents and scenario as words. Its output is a
// JSON line for the begin, for each second, and for the result.

import { connectAgents } from "../../../packages/load-tester/src/agents/leader/connect-agents.ts";
import { loadTest } from "../../../packages/load-tester/src/api/load-test.ts";
import { readScenario } from "../../../packages/load-tester/src/scenario/read-scenario.ts";

const [url = "", agents = "1", text = ""] = process.argv.slice(2);
await using connected = await connectAgents({
  nats: { url },
  agents: Number(agents),
  log: (sentence) => tell({ log: sentence }),
});
const scenario = readScenario(text, { fileName: "scenario", folder: "/" });
const result = await loadTest(scenario, {
  generators: (events) => connected.generators(events),
  onBegin: () => tell({ begin: true }),
  onSecond: ({ second }) => tell({ second }),
});
tell({ result });

function tell(line: object): void {
  console.log(JSON.stringify(line));
}
