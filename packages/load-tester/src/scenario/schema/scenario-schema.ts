// The JSON schema of scenario files: `readScenario` checks files against it, and `troupe load-test --schema` prints it.

import { groups } from "./group-schema.ts";
import { mapping, named, quantity, text, whole, word } from "./schema-parts.ts";
import type { Schema } from "./schema-parts.ts";
import { targets, torrents } from "./target-schema.ts";

/** Source addresses that a scenario uses if it names none. */
export const defaultSources = "10.77.0.0/16";

const budget = text(
  'a budget such as "request_block{leech,steady}.p99 < 50ms"',
  200,
  "A bound on a measure; a broken one ends the command with exit 4.",
  {
    examples: ["request_block{leech,steady}.p99 < 50ms", "errors < 0.1%"],
  },
);

/** The schema, draft 2020-12. */
export const scenarioSchema: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  ...mapping(
    "a mapping with targets, groups and phases",
    "A load test: targets, torrents, groups of peers, phases and budgets.",
    {
      name: text("a name", 60, "Name of the scenario; default: that of the file."),
      about: text("a sentence", 300, "A sentence on what the scenario shows."),
      seed: whole(0, 2 ** 32 - 1, "Draws every time and choice of the run.", { default: 1 }),
      sources: text(
        "a prefix such as 10.77.0.0/16, or system,",
        43,
        "Each peer dials from an address of its own of this prefix; system: the system chooses.",
        { default: defaultSources },
      ),
      precise: word(
        ["on", "off"],
        "on: an open load of 1,000 actions a second a thread polls for its times and busies a core; off: timers, up to 2 ms late.",
        { default: "on" },
      ),
      targets,
      torrents,
      groups,
      phases: {
        ...named(
          "a mapping of names to times such as { ramp: 10s, steady: 30s }",
          60,
          "Parts of the run, in order; a sample belongs to the phase in which it began.",
          quantity("duration", "Length of the phase."),
        ),
        minProperties: 1,
      },
      "warm-up": quantity(
        "duration",
        "Before the first phase with an open load, whose loads begin with it, or before all phases; what peers ask for in it counts nowhere.",
      ),
      budgets: {
        title: "a list of at most 100 budgets",
        description: "Judged at the end of the run.",
        type: "array",
        maxItems: 100,
        items: budget,
      },
      abort: {
        title: "a list of at most 20 budgets with their times",
        description: "The run ends when one of these has been broken for its time.",
        type: "array",
        maxItems: 20,
        items: mapping(
          "a mapping with budget and after",
          "A budget that is judged while the run goes on.",
          {
            budget,
            after: quantity("duration", "It must be broken for so long.", { default: "0s" }),
          },
          ["budget"],
        ),
      },
      drain: quantity(
        "duration",
        "After the load the run waits so long for answers, of a group at most its timeout; 5s at most.",
        { default: "5s" },
      ),
      "on-lost-agent": word(
        ["go-on", "fail"],
        "After the death of an agent the run goes on without its peers, or fails.",
        { default: "go-on" },
      ),
    },
    ["targets", "groups", "phases"],
  ),
};
