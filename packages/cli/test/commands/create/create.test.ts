// `troupe create` over an engine that makes what the test says.

import { TroupeError } from "@troupe/control";
import test from "ava";
import type { CreatedTorrent, CreateOptions } from "../../../src/engine-port.ts";
import { runTroupe } from "../../../src/main.ts";
import { FakeEngine } from "../../support/fake-engine.ts";
import { FakeEnvironment, settle } from "../../support/fake-environment.ts";

test("the progress bar of a path that failed is gone before the next path begins", async (t) => {
  const engine = new FakeEngine();
  const attempts: (CreateOptions & PromiseWithResolvers<CreatedTorrent>)[] = [];
  engine.createTorrent = async (_path, options) => {
    const attempt = Promise.withResolvers<CreatedTorrent>();
    attempts.push({ ...options, ...attempt });
    return await attempt.promise;
  };
  const environment = new FakeEnvironment(engine);
  const { stderr } = environment;
  stderr.isTTY = true;
  const run = runTroupe(["create", "bad", "good"], environment);
  await settle();
  attempts[0]?.onProgress?.({ donePieces: 1, totalPieces: 2 });
  environment.pass(200);
  t.regex(stderr.text, /bad \[={15} {15}\] 50%/);

  attempts[0]?.reject(new TroupeError("file-changed", "cannot make the torrent: a file changed"));
  await settle();
  t.is(attempts.length, 2);
  const before = stderr.text.length;
  environment.pass(200);
  t.notRegex(stderr.text.slice(before), /bad \[/);
  attempts[1]?.reject(new TroupeError("file-changed", "cannot make the torrent: a file changed"));
  t.is(await run, 1);
});
