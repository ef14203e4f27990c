import test from "ava";
import { isNameOfLocalNetwork } from "../../src/address/local-names.ts";

test("names without a dot, and those of local networks, are local", (t) => {
  for (const name of ["nas", "localhost", "NAS.Local.", "a.localhost", "router.home.arpa", "x.lan"])
    t.true(isNameOfLocalNetwork(name), name);
  for (const name of ["a.example", "local.example", "lan.example."])
    t.false(isNameOfLocalNetwork(name), name);
});
