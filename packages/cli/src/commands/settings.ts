import { cleanText } from "@troupe/protocol/text";
import type { InvocationOf } from "../arguments/parse-arguments.ts";
import { renderTable, tableRoom } from "../display/table.ts";
import type { Environment } from "../environment.ts";
import { ExitCode, type ExitCodeValue } from "../failure.ts";
import { fileSchema } from "../settings/file-schema.ts";
import { keyedSettings, type KeyedSetting } from "../settings/setting-keys.ts";
import { withoutSecrets } from "@troupe/control";
import { stateFolder } from "../source.ts";
import { spellValue } from "../settings/spell-value.ts";

/** A setting as scripts get it. Absent fields do not apply. */
interface ShownSetting {
  readonly name: string;
  readonly value: unknown;
  readonly from: "default" | "environment" | "file" | "option" | "remote";
  /** In the settings file, from 1. */
  readonly line?: number;
  readonly variable?: string;
  readonly option?: string;
}

type SettingsInvocation = InvocationOf<"settings">;

/** `troupe settings`: prints each setting with its value and where that comes from, or the schema of the file. */
export async function showSettings(
  invocation: SettingsInvocation,
  environment: Environment,
): Promise<ExitCodeValue> {
  const { stdout, stderr } = environment;
  if (invocation.isSchema) {
    stdout.write(`${JSON.stringify(fileSchema(), undefined, 2)}\n`);
    return ExitCode.done;
  }
  const { file, warnings } = invocation.given;
  const remote = await remoteSettings(invocation, environment);
  const sentences = warnings.map(({ message }) => message);
  for (const sentence of [...sentences, ...(remote.warning === undefined ? [] : [remote.warning])])
    stderr.write(`troupe: ${sentence}\n`);
  const settings = keyedSettings.map((setting) => shownSetting(setting, invocation, remote.values));
  stdout.write(
    invocation.json
      ? `${JSON.stringify({ file: file ?? null, settings })}\n`
      : `${settingsTable(settings, file, environment).join("\n")}\n`,
  );
  return ExitCode.done;
}

/** The settings that remotes have set, from the state folder that the other settings name. */
async function remoteSettings(
  { named, given }: SettingsInvocation,
  environment: Environment,
): ReturnType<Environment["engine"]["remoteSettings"]> {
  const written = named["stateDirectory"] ?? given.values.get("stateDirectory")?.value;
  const folder = stateFolder(typeof written === "string" ? written : undefined, environment);
  return folder === undefined ? { values: {} } : await environment.engine.remoteSettings(folder);
}

/** @param remote The settings of remotes, which come between the file and the environment. */
function shownSetting(
  { key, row }: KeyedSetting,
  invocation: SettingsInvocation,
  remote: Readonly<Record<string, unknown>>,
): ShownSetting {
  const named = invocation.named[key];
  const given = invocation.given.values.get(key);
  if (named !== undefined) {
    const option = `--${row.option?.name}`;
    return { name: key, value: withoutSecrets(named), from: "option", option };
  }
  if (Object.hasOwn(remote, key) && given?.by.from !== "environment")
    return { name: key, value: withoutSecrets(remote[key]), from: "remote" };
  const value = withoutSecrets(given === undefined ? row.default : given.value);
  return { name: key, value: value ?? null, ...(given?.by ?? { from: "default" }) };
}

/** Settings that are set come first. A default that depends on the machine is a dash. */
function settingsTable(
  settings: readonly ShownSetting[],
  file: string | undefined,
  environment: Environment,
): string[] {
  const isDefault = ({ from }: ShownSetting): boolean => from === "default";
  const ordered = [...settings.filter((one) => !isDefault(one)), ...settings.filter(isDefault)];
  const rows = ordered.map((one) => [one.name, placeText(one), valueText(one)]);
  const table = renderTable(
    { layout: ["left", "left", "left"], titles: ["setting", "from", "value"], rows },
    tableRoom(environment),
  );
  const named = file === undefined ? "none" : cleanText(file, 1_000);
  return [`settings file: ${named}`, "", ...table];
}

function placeText({ from, line, variable, option }: ShownSetting): string {
  if (from === "file") return `line ${line}`;
  if (from === "remote") return "a remote";
  return variable ?? option ?? "default";
}

function valueText({ name, value }: ShownSetting): string {
  const setting = keyedSettings.find(({ key }) => key === name);
  return cleanText(spellValue(setting?.row.gate, value), 1_000);
}
