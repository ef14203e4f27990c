import test from "ava";
import { stateFolderCalls } from "../../../src/api/job/state-folder-calls.ts";

test("three calls to a state folder that does not answer are under way, and another folder has its own", async (t) => {
  let begun = 0;
  const hang = (): Promise<void> => {
    begun++;
    return new Promise(() => undefined);
  };
  for (let count = 0; count < 20; count++) void stateFolderCalls("/hung/").run(hang);
  void stateFolderCalls("/hung").run(hang);
  t.is(begun, 3);
  t.is(await stateFolderCalls("/other").run(() => Promise.resolve(7)), 7);
});
