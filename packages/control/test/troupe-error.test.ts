import test from "ava";
import { TroupeError } from "../src/index.ts";

test("an error has its code, its details, and a cause only if one is given", (t) => {
  const plain = new TroupeError("disk-full", "cannot write");
  t.deepEqual(
    [plain.name, plain.code, plain.message, plain.details],
    ["TroupeError", "disk-full", "cannot write", {}],
  );
  t.false("cause" in plain);
  const cause = new Error("ENOSPC");
  const wrapped = new TroupeError("disk-full", "cannot write", { details: { left: 0 }, cause });
  t.deepEqual([wrapped.details, wrapped.cause], [{ left: 0 }, cause]);
});
