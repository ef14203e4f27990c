import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { Coordinator } from "@troupe/coordinator";
import test from "ava";
import { temporaryFolder } from "../../../../test/support/files/temporary-folder.ts";
import { until } from "../../../../test/support/time/until.ts";
import { startService } from "../../src/index.ts";
import type { ServiceOptions } from "../../src/program/service-options.ts";

/** Threads of services that have not ended. */
let living = 0;
process.on("worker", (worker: Worker) => {
  if (worker.threadName !== "http") return;
  living++;
  worker.once("exit", () => living--);
});

test.serial("a coordinator that does not start leaves no thread and no lock behind", async (t) => {
  using folder = temporaryFolder("start-service");
  const stateDirectory = join(folder.path, "state");
  const options = optionsIn(folder.path, stateDirectory);
  const starting = Promise.reject<Coordinator>(new Error("the port is taken"));
  await t.throwsAsync(startService(starting, options), { message: "the port is taken" });
  await until("the thread has ended", () => living === 0);
  await using coordinator = await Coordinator.start({
    ...{ host: "inline", port: 0, bind: ["127.0.0.1"], stateDirectory, dht: false },
  });
  await using service = await startService(coordinator, { ...options, host: "inline" });
  t.deepEqual(service.remoteSettings, []);
});

test.serial("a service starts with its coordinator, in one thread of its own", async (t) => {
  using folder = temporaryFolder("start-service");
  const stateDirectory = join(folder.path, "state");
  const starting = Coordinator.start({
    ...{ host: "inline", port: 0, bind: ["127.0.0.1"], stateDirectory, dht: false },
  });
  await using _service = await startService(starting, optionsIn(folder.path, stateDirectory));
  t.is(living, 1);
  await using _coordinator = await starting;
});

test.serial("a service that cannot listen leaves no listener at its coordinator", async (t) => {
  using folder = temporaryFolder("start-service");
  const options = optionsIn(folder.path, join(folder.path, "state"));
  await using coordinator = await Coordinator.start({
    ...{ host: "inline", port: 0, bind: ["127.0.0.1"], dht: false },
    stateDirectory: options.stateDirectory,
  });
  let [added, removed] = [0, 0];
  const { on, off } = coordinator;
  coordinator.on = (...given) => {
    added++;
    Reflect.apply(on, coordinator, given);
    return coordinator;
  };
  coordinator.off = (...given) => {
    removed++;
    Reflect.apply(off, coordinator, given);
    return coordinator;
  };
  await using taken = createServer().listen(0, "127.0.0.1");
  await once(taken, "listening");
  const listen = [`127.0.0.1:${(taken.address() as AddressInfo).port}`];
  const starting = startService(coordinator, { ...options, host: "inline", listen });
  await t.throwsAsync(starting, { code: "listen-failed" });
  t.true(added > 0);
  t.is(removed, added);
});

test.serial("a service refuses a saved password whose cost is not its own", async (t) => {
  using folder = temporaryFolder("start-service");
  const stateDirectory = join(folder.path, "state");
  await using coordinator = await Coordinator.start({
    ...{ host: "inline", port: 0, bind: ["127.0.0.1"], stateDirectory, dht: false },
  });
  const { passwordCost, ...options } = optionsIn(folder.path, stateDirectory);
  const cheap = { ...options, host: "inline", passwordCost: passwordCost ?? NaN } as const;
  await (await startService(coordinator, cheap)).close();
  const dear = { ...options, host: "inline" } as const;
  await t.throwsAsync(startService(coordinator, dear), {
    code: "option-out-of-range",
    message: /not a record of the form scrypt\$15\$8\$3\$salt\$key/,
  });
  await (await startService(coordinator, cheap)).close();
});

test("a worker file that is not there is refused", async (t) => {
  using folder = temporaryFolder("start-service");
  const options = optionsIn(folder.path, join(folder.path, "state"));
  const workerUrls = { "http.worker": join(folder.path, "http.worker.js") };
  const starting = startService(new Promise<Coordinator>(() => {}), { ...options, workerUrls });
  await t.throwsAsync(starting, { code: "worker-file-not-found" });
});

function optionsIn(currentFolder: string, stateDirectory: string): ServiceOptions {
  return {
    ...{
      stateDirectory,
      currentFolder,
      listen: ["127.0.0.1:0"],
      roots: [join(currentFolder, "data")],
      passwordCost: 16,
    },
    listening: () => undefined,
    warned: () => undefined,
    happened: () => undefined,
  };
}
