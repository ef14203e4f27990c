import { resolve } from "node:path";
import { cleanText } from "@troupe/protocol/text";
import type { InvocationOf } from "../../arguments/parse-arguments.ts";
import type { CoordinatorPort, ListenPlace, ServiceOptions } from "../../engine-port.ts";
import type { Environment } from "../../environment.ts";
import { CommandError, ExitCode, type ExitCodeValue } from "../../failure.ts";
import { stateFolder } from "../../source.ts";
import { socketPlace } from "../../service-client/socket-place.ts";
import { type EngineRun, withEngines } from "../engine-run.ts";
import { passwordOfFile } from "./password-file.ts";
import { eventSentence } from "./service-sentences.ts";
import { GivenAgain } from "./reload.ts";
import { ServiceLog } from "./service-log.ts";

type ServeInvocation = InvocationOf<"serve">;

/** `troupe serve`: runs an engine that programs elsewhere steer, until it is stopped. */
export async function runServe(
  invocation: ServeInvocation,
  environment: Environment,
): Promise<ExitCodeValue> {
  return await withEngines(invocation, environment, async (run) => {
    const log = new ServiceLog(run.reporter, environment);
    for (const warning of invocation.given.warnings) log.warn(warning.message);
    const directory = resolve(environment.currentFolder, invocation.engine.directory ?? ".");
    const stateDirectory = stateFolder(invocation.engine.stateDirectory, environment);
    if (stateDirectory === undefined) throw noStateFolder();
    const again = new GivenAgain(invocation.given, { ...invocation, environment });
    const place = { environment, log, directory, stateDirectory, again };
    const options = await serviceOptions(invocation, place);
    const starting = startEngine(run, { stateDirectory, directory });
    await using service = await environment.engine.serve(starting, {
      ...options,
      ...(run.log !== undefined && { log: run.log }),
    });
    const engine = await starting;
    // Before the restore, which may take long: without a listener a SIGHUP ends the program.
    using _hangups = environment.onHangup(() => void again.reload({ engine, service, log }));
    tellPassword(service, log);
    service.restored(await restore(engine, invocation.adopt, log));
    await untilStopped(environment.stop);
    // The usual end of a service is no failure.
    return ExitCode.done;
  });
}

async function startEngine(
  run: EngineRun,
  places: { readonly stateDirectory: string; readonly directory: string },
): Promise<CoordinatorPort> {
  const engine = await run.startEngine(places);
  run.reportStart(engine);
  return engine;
}

interface ServePlace {
  readonly environment: Environment;
  readonly log: ServiceLog;
  readonly directory: string;
  readonly stateDirectory: string;
  readonly again: GivenAgain;
}

async function serviceOptions(
  { service, given }: ServeInvocation,
  { environment, log, directory, stateDirectory, again }: ServePlace,
): Promise<ServiceOptions> {
  const { currentFolder, stderr } = environment;
  const password = await passwordOfFile(environment);
  const { listen = ["127.0.0.1:9091"], roots = [directory], ...others } = service;
  return {
    ...others,
    ...{ listen, stateDirectory, currentFolder },
    roots: roots.map((root) => resolve(currentFolder, root)),
    ...placed(others, currentFolder),
    ...(password !== undefined && { password }),
    settingsFile: given.file,
    fixedSettings: again.fixed,
    givenSettings: () => again.live,
    localSocket: socketPlace(stateDirectory, environment),
    hasTerminal: stderr.isTTY === true,
    listening: (places) => log.note(`remotes connect to ${places.flatMap(placeText).join(", ")}`),
    warned: (_, message) => log.warn(message),
    happened: (event) => log.event(event.kind === "failed" ? "warn" : "note", eventSentence(event)),
  };
}

/** Files of TLS, absolute. */
function placed(
  { tlsCertificate, tlsKey }: ServeInvocation["service"],
  folder: string,
): Pick<ServiceOptions, "tlsCertificate" | "tlsKey"> {
  return {
    ...(tlsCertificate !== undefined && { tlsCertificate: resolve(folder, tlsCertificate) }),
    ...(tlsKey !== undefined && { tlsKey: resolve(folder, tlsKey) }),
  };
}

/**
 * Brings back the torrents of services; with `--adopt` those of plain commands too, stopped.
 *
 * @returns Info-hashes of torrents that could not be brought back.
 */
async function restore(
  engine: CoordinatorPort,
  adopts: boolean,
  log: ServiceLog,
): Promise<readonly string[]> {
  const found = [await engine.restore({ served: true })];
  if (adopts) found.push(await engine.adopt());
  const torrents = found.flatMap((each) => each.torrents);
  const failed = found.flatMap((each) => each.failed);
  for (const { infoHash, error } of failed)
    log.warn(`${infoHash} was not brought back: ${cleanText(String(error), 500)}`);
  if (torrents.length > 0) log.note(`${torrents.length} torrents were brought back`);
  return failed.map(({ infoHash }) => infoHash);
}

function tellPassword(
  { firstPassword, firstPasswordFile, user }: Awaited<ReturnType<Environment["engine"]["serve"]>>,
  log: ServiceLog,
): void {
  if (firstPassword !== undefined)
    log.show(
      `the user ${user} has the password ${firstPassword}; troupe password sets another one`,
    );
  if (firstPasswordFile !== undefined)
    log.note(`the file ${firstPasswordFile} has the first password until the first login`);
}

/** The socket of the user's own commands is no place for remotes. */
function placeText(place: ListenPlace): string[] {
  switch (place.kind) {
    case "tcp":
      return [`${place.host.includes(":") ? `[${place.host}]` : place.host}:${place.port}`];
    case "unix":
      return [`unix:${place.path}`];
    case "local":
      return [];
  }
}

function untilStopped(stop: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (stop.aborted) return done();
    stop.addEventListener("abort", () => done(), { once: true });
  });
}

function noStateFolder(): CommandError {
  return new CommandError(
    "no-state-folder",
    "cannot serve without a state folder: the environment names no place for it; give --state-dir",
  );
}
