// An agent with real generators as a process of its own: URL and name as words. Its output is a JSON line for each intent of
// its share, for the begin of its load and for each window, with the time by the clock of its machine.

import { runAgent } from "../../../packages/load-tester/src/agents/agent/run-agent.ts";
import { localGenerators } from "../../../packages/load-tester/src/generator/local-generators.ts";
import type {
  GeneratorRun,
  Generators,
} from "../../../packages/load-tester/src/generator/generators.ts";
import { intentLines } from "../../../packages/load-tester/src/plan/intent-lines.ts";
import { planOf } from "../../../packages/load-tester/src/plan/plan-of.ts";

const [url = "", name = ""] = process.argv.slice(2);

await runAgent({
  nats: { url },
  name,
  signal: new AbortController().signal,
  log: (sentence) => tell({ log: sentence }),
  openGenerators: async ({ window, lost }) =>
    tapped(
      localGenerators({
        threads: 1,
        events: {
          window: (generator, measured) => {
            tell({ atMs: Date.now(), window: measured });
            window(generator, measured);
          },
          lost,
        },
      }),
    ),
});

function tapped(generators: Generators): Generators {
  return {
    get facts() {
      return generators.facts;
    },
    get unheard() {
      return generators.unheard;
    },
    prepare: async (run) => {
      await generators.prepare(run);
      tell({ intents: intentsOf(run) });
    },
    begin: (atEpochMs) => {
      tell({ beginMs: atEpochMs });
      generators.begin(atEpochMs);
    },
    end: async (how) => await generators.end(how),
    [Symbol.asyncDispose]: async () => await generators[Symbol.asyncDispose](),
  };
}

function intentsOf({ scenario, shares }: GeneratorRun): readonly string[] {
  const share = { index: shares?.first ?? 0, of: shares?.of ?? 1 };
  return [...intentLines(planOf(scenario, share))];
}

function tell(line: object): void {
  console.log(JSON.stringify(line));
}
