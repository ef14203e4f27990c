import { longOptions, type Program, type ProgramPlan } from "./program.ts";

/** aria2c. */
export const aria2: Program = {
  debianPackage: "aria2",
  version: () => ["aria2c", "--version"],
  versionPattern: /aria2 version (\S+)/,
  plan({ host, port, job, connections }) {
    const limits: ProgramPlan["settings"] = [
      ["bt-max-peers", "0"],
      ["max-overall-upload-limit", "0"],
      ["rlimit-nofile", String(Math.max(1_024, 2 * connections))],
    ];
    const role =
      job?.has === "whole" ? ["--check-integrity=true", "--seed-ratio=0.0"] : ["--seed-ratio=0.0"];
    const place = [
      `--interface=${host}`,
      `--listen-port=${port}`,
      `--dir=${job?.dataFolder ?? ""}`,
    ];
    const words = [...quiet, ...longOptions(limits), ...role, ...place];
    return {
      command: ["aria2c", ...words, job?.torrentFile ?? ""],
      settings: [...limits, ["dht, lpd, peer-exchange", "off"]],
      remarks: [
        "It unchokes four or five peers at a time: it has no setting for upload slots.",
        "It accepts three connections in a turn of its loop, which has one turn a second while nothing is transferred.",
      ],
    };
  },
};

const quiet = [
  "--no-conf=true",
  "--enable-dht=false",
  "--enable-dht6=false",
  "--bt-enable-lpd=false",
  "--enable-peer-exchange=false",
  "--file-allocation=none",
  "--console-log-level=warn",
  "--show-console-readout=false",
  "--summary-interval=0",
];
