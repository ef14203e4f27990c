import type { InvocationOf } from "../../arguments/parse-arguments.ts";
import type { Environment } from "../../environment.ts";
import type { ExitCodeValue } from "../../failure.ts";
import { callReporter } from "../../report/lines-reporter.ts";
import { findService } from "../../service-client/find-service.ts";
import { addTorrents } from "./add.ts";
import { controlTorrents, removeTorrents } from "./control.ts";
import { listFeeds } from "./feeds.ts";
import { listTorrents } from "./list.ts";
import { setPassword } from "./password.ts";
import type { ServiceRun } from "./service-run.ts";
import { changeSettings } from "./set.ts";
import { showTorrents } from "./show.ts";
import { runTokenTask } from "./token.ts";
import { watchTorrents } from "./watch.ts";

/**
 * Runs a call that steers a running service.
 *
 * @throws UsageError, and CommandError as {@link ServicePort} does.
 */
export async function runServiceCall(
  { task, reach, json, warnings }: InvocationOf<"service">,
  environment: Environment,
): Promise<ExitCodeValue> {
  const reporter = callReporter(json, environment);
  try {
    for (const warning of warnings) reporter.warned(warning, "settings");
    const target = await findService(reach, environment);
    const service = await environment.openService(target);
    const isLocal = target.kind === "socket";
    return await runTask(task, { service, environment, reporter, json, isLocal });
  } finally {
    await reporter.close(AbortSignal.any([environment.stop, environment.hurry]));
  }
}

async function runTask(
  task: InvocationOf<"service">["task"],
  run: ServiceRun,
): Promise<ExitCodeValue> {
  switch (task.call) {
    case "add":
      return await addTorrents(task, run);
    case "list":
      return await listTorrents(run);
    case "show":
      return await showTorrents(task.torrents, run);
    case "start":
    case "stop":
    case "pause":
      return await controlTorrents(task.call, task.torrents, run);
    case "remove":
      return await removeTorrents(task, run);
    case "set":
      return await changeSettings(task, run);
    case "watch":
      return await watchTorrents(task.torrents, run);
    case "feeds":
      return await listFeeds(run);
    case "password":
      return await setPassword(task.file, run);
    case "token":
      return await runTokenTask(task.task, run);
  }
}
