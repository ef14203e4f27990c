import test from "ava";
import { threadHost } from "../../src/index.ts";
import { actorSuite } from "../support/actor-suite.ts";

actorSuite(test, "threads", () => ({ host: threadHost(), settle: (promise) => promise }));
