// An agent with scripted generators as a process of its own, so that a test can kill it: URL and name as words.

import { TestAgent } from "./test-agent.ts";

const [url = "", name = ""] = process.argv.slice(2);
await TestAgent.start({ url }, name);
console.log("waits");
