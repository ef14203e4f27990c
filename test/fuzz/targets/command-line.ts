import { parseArguments } from "../../../packages/cli/src/arguments/parse-arguments.ts";
import { optionTable } from "../../../packages/cli/src/arguments/option-table.ts";
import { UsageError } from "../../../packages/cli/src/arguments/usage-error.ts";
import { bytesOf } from "../engine/mutate-bytes.ts";
import { textMutator, textOf } from "../engine/mutate-text.ts";
import { hold } from "../engine/oracle.ts";
import type { FuzzTarget } from "../engine/target.ts";

const options = Object.keys(optionTable).flatMap((name) => [`\n--${name}`, `\n--${name}=`]);

/** The command line: a word a line. */
export const commandLine: FuzzTarget = {
  name: "command-line",
  oracle: "understood in full or refused with a usage error; never another error",
  sources: ["cli/src/arguments/"],
  seeds: () => [
    bytesOf("download\nx.torrent\n--dir\n/d\n--peer=1.2.3.4:5\n--port\n6881-6889,0\n--json"),
    bytesOf("seed\na\nb\n--tracker\nhttp://t/\n--max-peers=5\n--memory=64M"),
    bytesOf("demo\n--size\n1G\n--quiet"),
    bytesOf("info\n-\n--json"),
    bytesOf("help\nseed"),
    bytesOf("--\n--x"),
  ],
  mutate: textMutator([
    ...options,
    "\n",
    "\n-h",
    "\n--",
    "download",
    "\nseed",
    "\ncheck",
    "\ninfo",
    "\n-",
    "=",
    "\n--no-json",
    "\n--__proto__",
    "0",
    "1M",
  ]),
  maxBytes: 600,
  run(input) {
    const words = textOf(input).split("\n");
    try {
      const invocation = parseArguments(words);
      hold(typeof invocation.command === "string", "no call");
      if (invocation.command === "download")
        hold(invocation.sources.length + invocation.sourceLists.length > 0, "nothing to download");
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      hold(error.message.length > 10, "no sentence");
    }
  },
};
