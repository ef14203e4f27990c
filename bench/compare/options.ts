// The options of the command.

import { parseArgs } from "node:util";

/** Runs of each client, and pairs of runs of two commits. */
const [usualRuns, usualPairs] = [7, 16];

/** Rows and clients to measure, and the places of the results. */
export interface CompareOptions {
  /** Names of rows. */
  readonly rows: readonly string[];
  /** Names of contestants; undefined: all of each row. */
  readonly contestants: readonly string[] | undefined;
  /** The earlier commit that Troupe is compared with instead of with other clients. */
  readonly against: string | undefined;
  /** The least ratio of a speed to that of the earlier commit, 0.5 to 1; a cost may be as much larger. */
  readonly bar: number;
  /** Runs of each contestant, 1 to 100. */
  readonly runs: number;
  /** Path of the results, or undefined for a file in the temporary folder. */
  readonly json: string | undefined;
  readonly writesDocs: boolean;
}

/**
 * Reads the words of the command line.
 *
 * @param rows All names that `--only` takes.
 * @param contestants All names that `--client` takes.
 * @throws Error that names the word, and the words that are allowed.
 */
export function readOptions(
  words: readonly string[],
  rows: readonly string[],
  contestants: readonly string[],
): CompareOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      only: { type: "string" },
      client: { type: "string" },
      against: { type: "string" },
      bar: { type: "string", default: "0.98" },
      runs: { type: "string" },
      json: { type: "string" },
      "write-docs": { type: "boolean", default: false },
    },
  });
  const { against } = values;
  const runs = Number(values.runs ?? (against === undefined ? usualRuns : usualPairs));
  if (!Number.isInteger(runs) || runs < 1 || runs > 100) {
    throw new Error(`--runs must be a number from 1 to 100, not ${values.runs}`);
  }
  const bar = Number(values.bar);
  if (!(bar >= 0.5 && bar <= 1)) throw new Error(`--bar must be from 0.5 to 1, not ${values.bar}`);
  if (against !== undefined && (values.client !== undefined || values["write-docs"])) {
    throw new Error("--against compares two commits alone: leave out --client and --write-docs");
  }
  return {
    rows: listOf("--only", values.only, rows) ?? rows,
    contestants: listOf("--client", values.client, contestants),
    against,
    bar,
    runs,
    json: values.json,
    writesDocs: values["write-docs"],
  };
}

function listOf(
  option: string,
  text: string | undefined,
  allowed: readonly string[],
): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const words = text.split(",");
  const wrong = words.find((word) => !allowed.includes(word));
  if (wrong === undefined) return words;
  throw new Error(`${option} takes ${allowed.join(", ")}, separated by commas, and not "${wrong}"`);
}
