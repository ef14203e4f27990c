// The Dockerfile: its words against the options that exist, and its command and health check with a read-only root.

import { chmodSync, chownSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { parseArguments } from "../../packages/cli/src/arguments/parse-arguments.ts";
import { readRepositoryFile, root } from "../support/files/repository.ts";
import { temporaryFolder } from "../support/files/temporary-folder.ts";
import { freePort } from "../support/programs/free-port.ts";
import { startProcess } from "../support/programs/process.ts";
import { readOnlyBut, shownPath } from "../support/read-only-system.ts";

const program = [process.execPath, fileURLToPath(new URL("packages/cli/bin/troupe.mjs", root))].map(
  shownPath,
);
const text = readRepositoryFile("Dockerfile");

/** The words of an instruction after some text. */
function wordsOf(start: string): readonly string[] {
  const line = text.split("\n").find((each) => each.startsWith(start)) ?? "";
  return JSON.parse(line.slice(line.indexOf("["))) as string[];
}

const variables = Object.fromEntries(
  [...text.matchAll(/^ENV (\w+)=(.*)$/gm)].map(([, name = "", value = ""]) => [name, value]),
);

test("the image serves at every address, at the port that it exposes and that its health check asks", (t) => {
  const invocation = parseArguments(wordsOf("CMD"));
  t.is(invocation.command, "serve");
  if (invocation.command !== "serve") return;
  t.deepEqual(invocation.service.listen, ["0.0.0.0:9091"]);
  t.is(invocation.engine.directory, "/data");
  t.regex(text, /^EXPOSE 9091 6881 6881\/udp$/m);
  t.regex(text, /^USER 1000:1000$/m);
  t.is(variables["HEALTH_URL"], "http://127.0.0.1:9091/api/v1/health");
});

test("with a read-only root the image's command writes to /data and /state alone, and is healthy until it ends", async (t) => {
  using folder = temporaryFolder("image");
  chmodSync(folder.path, 0o755);
  const names = ["data", "state"];
  const places = names.map((name) => {
    const path = join(folder.path, name);
    mkdirSync(path, { mode: 0o700 });
    chownSync(path, 1_000, 1_000);
    return [path, `/srv/${name}`] as const;
  });
  const port = await freePort();
  const placed = (word: string): string =>
    word.replace(/^\/(?=data|state)/, "/srv/").replace(/:9091(?=$|\/)/, `:${port}`);
  const environment = Object.fromEntries(
    // The home folder of this process's user is hidden.
    Object.entries({ ...variables, HOME: "/srv/state" }).map(([name, value]) => [
      name,
      placed(value),
    ]),
  );
  const within = readOnlyBut(places, { uid: 1_000, umask: "022" });
  const alone = ["--port", "0", "--no-dht", "--no-lsd", "--no-port-mapping"];
  const words = [...wordsOf("CMD").map(placed), ...alone];
  await using service = await startProcess([...within, ...program, ...words], {
    environment,
  });
  await service.lineWhere("a place", (line) => line.includes("remotes connect to") || undefined);
  t.true(service.lines.some((line) => line.includes("/srv/state/troupe/service/first-password")));
  const [, ...check] = wordsOf("HEALTHCHECK");
  const health = async (): Promise<number | undefined> => {
    await using running = await startProcess([process.execPath, ...check], { environment });
    return (await running.exited).status;
  };
  t.is(await health(), 0);
  const [, signal = ""] = /^STOPSIGNAL (\w+)$/m.exec(text) ?? [];
  t.is((await service.stop(10_000, signal as NodeJS.Signals)).status, 0);
  t.is(await health(), 1);
});
