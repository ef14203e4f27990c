// Looks at the folders of its arguments, in a process of its own so that calls of one of them can be made to hang.

import { nodePorts } from "@troupe/actor-runtime";

const { folders } = nodePorts();
const seen = process.argv.slice(2).map(async (folder) => {
  const look = await folders.look(folder).catch((error: { code?: string }) => error);
  process.stdout.write(`${JSON.stringify("device" in look ? "device" : look.code)} ${folder}\n`);
});
await Promise.all(seen);
process.stdout.write(`stuck ${folders.stuck.join(" ")}\n`);
