import { helpGroups } from "@troupe/control";
import {
  findOption,
  optionsOf,
  spellWithShort,
  type CommandName,
} from "./arguments/option-table.ts";
import { exits, topics, type HelpTopic } from "./help-topics.ts";

/** Longer lines are hard to read. */
const widestText = 100;
const narrowestText = 40;

/**
 * The lines of `troupe help`, or of `troupe help TOPIC`, without a final line end.
 *
 * @param columns Width of the terminal; usages and examples are never wrapped, for copying.
 */
export function helpText(topic: HelpTopic | undefined, columns = 80): string {
  const width = Math.min(widestText, Math.max(narrowestText, columns));
  return (topic === undefined ? overview(width) : topicLines(topic, width)).join("\n");
}

function overview(columns: number): string[] {
  const calls = Object.entries(topics)
    .filter(([name]) => name !== "display")
    .flatMap(([, { usage, does }]) => [`  ${usage}`, ...indented(does, 6, columns)]);
  return [
    ...wrap("troupe downloads and seeds torrents.", columns),
    "",
    ...calls,
    "  troupe --version",
    "",
    ...wrap("`troupe help CALL` lists the options of a call, with examples.", columns),
    "",
    ...wrap(exits, columns),
  ];
}

function topicLines(name: HelpTopic, columns: number): string[] {
  const { usage, does, about, examples } = topics[name];
  return [
    usage,
    ...indented(does, 2, columns),
    ...about.flatMap((text) => paragraph(text, columns)),
    ...optionSections(name, columns),
    "",
    "Examples:",
    ...examples.map((example) => `  ${example}`),
  ];
}

/** Above the options that have such values. */
const units =
  "Sizes and rates are in bytes, rates a second: 800k, 5M, 1G (k = 1024). Times: 90s, 10m, 2h, 1d.";
const unitValues: ReadonlySet<string | undefined> = new Set(["RATE", "SIZE", "DUR"]);

const withSeed = "Options with --seed";
/** The groups of options, in the order of the help. A call shows those that it has. */
const titles = ["Usual options", ...helpGroups, "Options", withSeed];

/** The options of a call, in groups where there are many. */
function optionSections(name: HelpTopic, columns: number): string[] {
  const names = optionsOf(name);
  if (names.length === 0) return [];
  const command = name === "display" ? undefined : name;
  const row = (option: string) => findOption(option, command);
  const hasGroups = name === "download" || name === "seed" || name === "add";
  const groupOf = (option: string): string | undefined => {
    if (hasGroups) return row(option)?.isUsual === true ? "Usual options" : row(option)?.group;
    return name === "create" && row(option)?.isForSeeding === true ? withSeed : "Options";
  };
  const hasUnits = names.some((option) => unitValues.has(row(option)?.sign));
  return [
    ...(hasUnits ? ["", ...wrap(units, columns)] : []),
    ...titles.flatMap((title) => {
      const lines = names
        .filter((option) => groupOf(option) === title)
        .flatMap((option) => optionLines(option, command, columns));
      return lines.length > 0 ? ["", `${title}:`, ...lines] : [];
    }),
  ];
}

/** Text after two spaces belongs to the list above it. */
function paragraph(text: string, columns: number): string[] {
  if (!text.startsWith("  ")) return ["", ...wrap(text, columns)];
  const [sign = "", ...words] = text.trimStart().split(" ");
  const lead = `  ${sign.padEnd(3)} `;
  const [first = "", ...others] = wrap(words.join(" "), columns - lead.length);
  return [`${lead}${first}`, ...others.map((line) => `      ${line}`)];
}

function indented(text: string, spaces: number, columns: number): string[] {
  return wrap(text, columns - spaces).map((line) => " ".repeat(spaces) + line);
}

function optionLines(name: string, command: CommandName | undefined, columns: number): string[] {
  const indent = columns < 60 ? 6 : 22;
  const spelled = `  ${spellWithShort(name, command)}`;
  const [first = "", ...others] = wrap(findOption(name, command)?.help ?? "", columns - indent);
  const pad = " ".repeat(indent);
  if (spelled.length > indent - 2)
    return [spelled, ...[first, ...others].map((line) => pad + line)];
  return [spelled.padEnd(indent) + first, ...others.map((line) => pad + line)];
}

function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
