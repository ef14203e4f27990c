import test from "ava";
import { rowOf } from "../../support/fake-service.ts";
import { call, serviceScene } from "../../support/service-calls.ts";

const rows = [rowOf("1", 1), rowOf("2", 2, { state: "stopped" })];

test("a terminal gets a table, a pipe lines with tabs", async (t) => {
  const terminal = serviceScene(rows).environment;
  terminal.stdout.isTTY = true;
  t.regex(
    (await call(terminal, "list")).out,
    /^#\s+done\s+size.*\n1 {2}100 %.*film 1\n2 {2}100 %.*film 2\n$/,
  );
  const pipe = await call(serviceScene(rows).environment, "list");
  t.is(
    pipe.out,
    "1\t100\t1000000\t0\t0\t0.00\t0\tseeding\tfilm 1\n2\t100\t1000000\t0\t0\t0.00\t0\tstopped\tfilm 2\n",
  );
});

test("--json prints a line a torrent with all of its row", async (t) => {
  const { events } = await call(serviceScene(rows).environment, "list", "--json");
  t.deepEqual(
    events,
    rows.map(({ torrent, ...row }) => ({ event: "torrent", infoHash: torrent, ...row })),
  );
});

test("a service without torrents says so on a terminal, and prints nothing for scripts", async (t) => {
  const terminal = serviceScene().environment;
  terminal.stdout.isTTY = true;
  const { out, err } = await call(terminal, "list");
  t.deepEqual([out, err], ["", "the service has no torrent\n"]);
  t.is((await call(serviceScene().environment, "list")).out, "");
});
