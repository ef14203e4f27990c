import type { Program, ProgramPlace, ProgramPlan } from "./program.ts";

/** The most that `--max-peers` takes. */
const mostPeers = 10_000;

/** This project's own client and DHT node: the `troupe` command. */
export const ours: Program = {
  debianPackage: undefined,
  version: (ownCommand) => [...ownCommand, "--version"],
  versionPattern: /(\d+\.\d+\.\d+\S*)/,
  plan: (place) => (place.job === undefined ? nodePlan(place) : clientPlan(place, place.job)),
};

function clientPlan(place: ProgramPlace, job: NonNullable<ProgramPlace["job"]>): ProgramPlan {
  const { ownCommand, host, port, folder, connections } = place;
  const call = job.has === "whole" ? ["seed"] : ["download", "--seed"];
  const places = ["--dir", job.dataFolder, "--state-dir", `${folder}/state`];
  const listening = ["--bind", host, "--port", String(port)];
  const settings = [
    ["max-peers", String(Math.min(connections, mostPeers))],
    ["upload-slots", "all"],
  ] as const;
  const limits = settings.flatMap(([name, value]) => [`--${name}`, value]);
  const alone = ["--no-dht", "--no-lsd", "--no-port-mapping", "--no-pex", "--quiet"];
  const words = [...places, ...listening, ...limits, ...alone];
  return {
    command: [...ownCommand, ...call, job.torrentFile, ...words],
    settings: [...settings, ["dht, lsd, pex, port-mapping", "off"]],
    remarks:
      connections > mostPeers
        ? [`It has at most ${mostPeers} connections, and the scenario asks for ${connections}.`]
        : [],
  };
}

function nodePlan({ ownCommand, host, port, folder }: ProgramPlace): ProgramPlan {
  const place = ["--state-dir", `${folder}/state`, "--bind", host, "--port", String(port)];
  const limits = ["answer-rate", "unproven-answer-rate", "queries-per-address"].map(
    (name): [string, string] => [name, "0"],
  );
  const words = [...place, ...limits.flatMap(([name, value]) => [`--${name}`, value])];
  return {
    command: [...ownCommand, "dht", "run", ...words, "--no-routers", "--json"],
    settings: [...limits.map(([name]): [string, string] => [name, "no limit"]), ["routers", "off"]],
    remarks: [],
  };
}
