// The help of the calls that steer a running service.

import type { ServiceCall } from "./arguments/service-calls.ts";
import type { Topic } from "./help-topics.ts";

const torrentWords =
  "TORRENT is the number that troupe list shows, an info-hash of it or 6 digits of that at least, a name that one torrent has, or all.";

const reach =
  "The service is that of the state folder, which `troupe serve` starts. --url names another one, also on another machine; its token stands in TROUPE_TOKEN or in the file of --token-file.";

/** In the order of the overview. */
export const serviceTopics: Readonly<Record<ServiceCall, Topic>> = {
  add: {
    usage: "troupe add SOURCE… [options]",
    does: "adds torrents to a running service",
    about: [
      "SOURCE is as for troupe download. This program reads a .torrent file; the service fetches an address and the metadata of a magnet. A relative path begins in the current folder, with --url in the folder of the service.",
      reach,
    ],
    examples: [
      "troupe add debian.iso.torrent --dir ~/iso",
      "troupe add 'magnet:?xt=urn:btih:…&tr=…' --stopped --label new",
      "troupe add a.torrent --url https://example.org/troupe --token-file ~/token",
    ],
  },
  list: {
    usage: "troupe list [options]",
    does: "lists the torrents of a running service",
    about: [
      "A terminal gets a table. A pipe gets a line a torrent with a tab between the values: number, percentage, size, bytes a second down and up, ratio, peers, state, name.",
      reach,
    ],
    examples: ["troupe list", "troupe list --json | jq 'select(.event == \"torrent\") | .name'"],
  },
  show: {
    usage: "troupe show TORRENT… [options]",
    does: "shows a torrent of a running service: files, peers, trackers",
    about: [torrentWords, reach],
    examples: ["troupe show 7", "troupe show c9e15763 --json"],
  },
  start: {
    usage: "troupe start TORRENT… [options]",
    does: "starts torrents of a running service",
    about: ["A paused torrent goes on.", torrentWords, reach],
    examples: ["troupe start 7 8", "troupe start all"],
  },
  stop: {
    usage: "troupe stop TORRENT… [options]",
    does: "stops torrents of a running service",
    about: ["A stopped torrent has no connections and no open files.", torrentWords, reach],
    examples: ["troupe stop 7", "troupe stop debian.iso"],
  },
  pause: {
    usage: "troupe pause TORRENT… [options]",
    does: "pauses torrents of a running service",
    about: ["A paused torrent keeps its connections, and transfers nothing.", torrentWords, reach],
    examples: ["troupe pause 7", "troupe pause all"],
  },
  remove: {
    usage: "troupe remove TORRENT… [--data] [options]",
    does: "removes torrents from a running service",
    about: [
      "The files stay unless --data is given. On a terminal a question comes first, unless --yes is given.",
      torrentWords,
      reach,
    ],
    examples: ["troupe remove 7", "troupe remove 7 8 --data --yes"],
  },
  set: {
    usage: "troupe set TORRENT|--engine NAME=VALUE… [--unset NAME] [options]",
    does: "changes settings of a torrent, or of the engine of a running service",
    about: [
      "NAME is a setting that changes at run time: docs/settings.md lists them. VALUE is the word of its option, such as 5M or 90s, or JSON; NAME= empties a list. --unset gives a setting the value that the group, the engine or the default has.",
      torrentWords,
      reach,
    ],
    examples: [
      "troupe set 7 limits.down=5M labels=new,films",
      "troupe set 7 --unset limits.down",
      "troupe set --engine limits.up=1M maxActiveDownloads=3",
    ],
  },
  watch: {
    usage: "troupe watch [TORRENT…] [options]",
    does: "shows the torrents of a running service until stopped",
    about: [
      "The display of a download: troupe help display explains its signs. A torrent that is shown alone has its pieces, peers and trackers. --json prints a line for each change. Ends when the torrents that were named are removed.",
      torrentWords,
      reach,
    ],
    examples: ["troupe watch", "troupe watch 7", "troupe watch --json"],
  },
  feeds: {
    usage: "troupe feeds [options]",
    does: "lists the feeds of a running service",
    about: [
      "A terminal gets a table. A pipe gets a line a feed with a tab between the values: name, state, items of the last look, torrents taken, error. docs/service.md explains feeds and their rules, which the settings file and the API set.",
      reach,
    ],
    examples: ["troupe feeds", "troupe feeds --json | jq .error"],
  },
  password: {
    usage: "troupe password [--password-file F] [options]",
    does: "sets the password of a running service",
    about: [
      "The password is asked for on a terminal. For an empty answer, and without a terminal, the service makes one, which is printed. All logins with the old password end.",
      reach,
    ],
    examples: ["troupe password", "troupe password --password-file secret.txt"],
  },
  token: {
    usage: "troupe token create NAME|list|revoke NAME [options]",
    does: "makes, lists and revokes tokens of programs for a running service",
    about: [
      "The calls:",
      "  create NAME: prints a new token, which is shown once; --right control lets it change torrents.",
      "  list: the tokens with their ids, rights and names.",
      "  revoke NAME: ends a token, by its name or its id, and all that goes on with it.",
      reach,
    ],
    examples: [
      "troupe token create phone --right control",
      "troupe token list",
      "troupe token revoke phone",
    ],
  },
};
