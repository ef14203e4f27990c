import type { CommandName } from "./arguments/option-table.ts";
import { flagMeanings } from "./display/details.ts";
import { pieceSigns } from "./display/piece-lines.ts";
import { serviceTopics } from "./help-service-topics.ts";

/** The topics of `troupe help`. */
export type HelpTopic = CommandName | "display";

/** The help of a command or of another topic. */
export interface Topic {
  readonly usage: string;
  readonly does: string;
  readonly about: readonly string[];
  readonly examples: readonly string[];
}

/** Below the overview. */
export const exits: string =
  "Exit: 0 done, 1 failed, 2 wrong usage, 3 incomplete (check), 4 a budget is broken (load-test), 70 internal failure, 75 this job is already running, 130 stopped by a signal, 137 a disk call does not return (stderr names the unsaved data). The first Ctrl-C stops in order, the second at once.";

const discovery =
  "Peers are found through trackers, the DHT, magnet links, other peers, the local network and --peer; those of a private torrent only through its trackers and --peer.";

const onceInAFolder =
  "A torrent runs once per folder: a second command for the same torrent and folder exits with 75; other torrents and folders are independent.";

/** In the order of the overview. */
export const topics: Readonly<Record<HelpTopic, Topic>> = {
  download: {
    usage: "troupe [download] SOURCE… [options]",
    does: "downloads, then exits",
    about: [
      "SOURCE is the path or the http(s) address of a .torrent file, a magnet link (in quotes, because a shell cuts it at its first &) or an info-hash; - is a .torrent or a list on stdin. The metadata of a magnet comes from its peers; --select and --priority hold before the first block is requested. Existing files are hash-checked first and never truncated. To resume after an interruption, run the same command again.",
      onceInAFolder,
      discovery,
    ],
    examples: [
      "troupe debian.iso.torrent",
      "troupe https://example.org/debian.iso.torrent --dir ~/iso --seed",
      "troupe 'magnet:?xt=urn:btih:…&tr=…' --select *.srt",
      "troupe a.torrent b.torrent --port 0 --peer 192.0.2.7:6881",
      "troupe *.torrent --max-downloads 2",
      "troupe a.torrent --web-seed https://example.org/files/",
      "troupe a.torrent --select 1,3-5,*.srt --priority *.srt=10",
      "troupe a.torrent --picker ./picker.mjs",
      "troupe a.torrent --store ./store.mjs --seed",
      "troupe a.torrent --json | jq 'select(.event == \"progress\")'",
    ],
  },
  seed: {
    usage: "troupe seed TORRENT… --dir D [options]",
    does: "checks what is in D and seeds it until stopped",
    about: [
      "Writes nothing. Incomplete data are an error (exit 1) that names the missing amount. After a download with --select, its files alone count.",
      onceInAFolder,
      discovery,
    ],
    examples: [
      "troupe seed debian.iso.torrent --dir ~/iso",
      "troupe seed a.torrent b.torrent --dir . --port 6881 --quiet",
      "troupe seed a.torrent --dir . --choker ./choker.mjs --extension @me/chat",
    ],
  },
  check: {
    usage: "troupe check TORRENT --dir D [options]",
    does: "hash-checks what is in D; exit 0 complete, 3 incomplete",
    about: [
      "Changes nothing and connects to no peer or tracker. Lists the files that do not pass: a piece is missing when nothing of it was fetched, and failed when its data are wrong. Files in the torrent's folder that it does not name are listed too, and alone are no fault. After a download with --select, its files alone count; --select here chooses others.",
    ],
    examples: [
      "troupe check debian.iso.torrent --dir ~/iso",
      "troupe check a.torrent --dir . --select 'video/*' --json",
    ],
  },
  match: {
    usage: "troupe match TORRENT --in D… [--link HOW] [--dir D] [options]",
    does: "finds the files of a torrent on the disk by their content",
    about: [
      "Looks in each folder of --in, and in the folders below, for files that the torrent lacks in --dir, whatever their names are: by length, then by the pieces that lie in a file alone, or by its root (version 2). Small files without such a piece are proven by the pieces that they share. Nothing is overwritten, and what is not proven is not linked.",
      "A reflink, a copy and a renamed file are the torrent's own. A hard link and a symlink are recorded in D/.troupe: the torrent never writes to them, so the original stays as it is; a wrong piece in one is the error linked-file-wrong, and a removal with data removes our name alone. Run troupe TORRENT --dir D next: it hash-checks the files and fetches what is missing.",
      "Exit 0 when every file is there, 3 when some are missing, 1 when a found file could not be linked.",
    ],
    examples: [
      "troupe match album.torrent --in ~/music",
      "troupe match a.torrent --in /old --in /new --link hard --dir ~/seed",
      "troupe match a.torrent --in . --dry-run --json | jq .files",
    ],
  },
  info: {
    usage: "troupe info SOURCE [--save F] [options]",
    does: "shows what is in a .torrent or a magnet",
    about: [
      "Files, pieces, trackers, hash, flags and a magnet link; --json names every file. The metadata of a magnet is fetched from its peers, and nothing is written but the file of --save, which has the hash layers of version 2 if peers send them within 30 s; the other options are for this.",
    ],
    examples: [
      "troupe info debian.iso.torrent",
      "troupe info a.torrent --json-events info | jq -c .files",
      "troupe info https://example.org/a.torrent --save a.torrent",
      "troupe info 'magnet:?xt=urn:btih:…&tr=…' --save a.torrent",
    ],
  },
  create: {
    usage: "troupe create PATH… [options]",
    does: "makes .torrent files",
    about: [
      "Hashes each PATH, a file or folder, and writes NAME.torrent into the current folder. Equal files give equal bytes on every machine. Hidden files and symbolic links are left out unless an option says otherwise; a file that cannot be read, or that changes meanwhile, is named, and nothing is written.",
      "--seed serves the new torrents as `troupe seed` does. The files are not hashed again, unless their size or time has changed meanwhile.",
    ],
    examples: [
      "troupe create holiday --tracker udp://a.example:80,udp://b.example:80 --tracker https://c.example/announce",
      "troupe create film.mkv --private --source TAG --tracker https://c.example/announce --output film.torrent",
      "troupe create holiday --tracker https://c.example/announce --seed --ratio 2 --up 5M",
      "troupe create album --exclude '*.nfo' --piece-size 1MiB --v2 --dry-run",
      "troupe create film.mkv -o - | ssh seedbox 'cat > film.torrent'",
    ],
  },
  edit: {
    usage: "troupe edit F… [options]",
    does: "changes .torrent files",
    about: [
      "Changes the trackers, web seeds, nodes, comment and hints of each F and leaves every other byte as it is, so the info-hash stays. The name, the tag of --source and the private flag are part of the info-hash: they want --new-hash. Of a list, its option replaces all entries, --remove- takes entries out, then --add- puts entries in. A file is replaced at once or not at all; one that fails does not stop the others, and the exit code is 1 then.",
    ],
    examples: [
      "troupe edit *.torrent --remove-tracker http://old.example/announce --add-tracker https://new.example/announce",
      "troupe edit a.torrent --tracker udp://a.example:80,udp://b.example:80 --tracker https://c.example/announce",
      "troupe edit a.torrent --clear comment --add-web-seed https://example.org/files/ --dry-run",
      "troupe edit a.torrent --private --source TAG --new-hash",
    ],
  },
  demo: {
    usage: "troupe demo [--size SIZE] [options]",
    does: "runs a whole swarm in this process, without a network",
    about: [
      "A tracker, a seeder and three leechers on loopback share generated data in a temporary folder, which is removed at the end.",
    ],
    examples: ["troupe demo", "troupe demo --size 1G"],
  },
  dht: {
    usage: "troupe dht CALL [options]",
    does: "asks the DHT without a torrent, or runs a node of it",
    about: [
      "The calls, each a node of the DHT over IPv4 and IPv6:",
      "  get-peers INFO-HASH: the peers of a torrent, a line each; a magnet link will do.",
      "  find-node ID: the nodes nearest to an id of 40 hexadecimal digits.",
      "  announce INFO-HASH PORT: names us as a peer of the torrent, at this TCP port.",
      "  ping HOST:PORT: whether a node answers, and its id.",
      "  buckets: the routing tables, after a look-up has filled them.",
      "  put TEXT: stores an item for two hours, and prints its target.",
      "  get TARGET|PUBLIC-KEY: the text of an item.",
      "  run: answers other nodes until it is stopped.",
      "The nodes that answered are saved in the state folder: the next call begins with them. Every call but run is read-only: it asks, and no node remembers it.",
    ],
    examples: [
      "troupe dht get-peers c9e15763f722f23e98a29decdfae341b98d53056",
      "troupe dht announce c9e15763f722f23e98a29decdfae341b98d53056 6881 --repeat",
      "troupe dht ping router.bittorrent.com:6881",
      "troupe dht put hello --secret-key my.key --salt greeting",
      "troupe dht buckets --json | jq .buckets",
      "troupe dht run --port 6881 --dht-node 192.0.2.7:6881",
    ],
  },
  cat: {
    usage: "troupe cat SOURCE [FILE] [--range A-B] [options]",
    does: "writes a file of a torrent to stdout while it downloads",
    about: [
      "FILE is a number as in troupe info, a path or a glob that matches one file; a torrent of one file needs none. Only this file is fetched, with --range only these bytes, in order, and what is already in D is read from there. The pieces stay in D: troupe SOURCE goes on from them.",
      onceInAFolder,
      discovery,
    ],
    examples: [
      "troupe cat album.torrent 3 > song.flac",
      "troupe cat debian.iso.torrent --range 0-511 | xxd",
      "troupe cat 'magnet:?xt=urn:btih:…&tr=…' '*.log' | grep error",
    ],
  },
  play: {
    usage: "troupe play SOURCE [--select F] [--player PROGRAM] [options]",
    does: "serves a file of a torrent to a player while it downloads",
    about: [
      "Prints a link on this machine for any player, or starts the player with it. The file is the largest, or that of --select. Players may jump: the bytes that they ask for come first. Ends with the player, or when it is stopped; the pieces stay in D.",
      onceInAFolder,
      discovery,
    ],
    examples: [
      "troupe play film.torrent --player mpv",
      "troupe play 'magnet:?xt=urn:btih:…&tr=…' --select *.mkv",
      "troupe play film.torrent --json-events link | jq -r .url",
    ],
  },
  serve: {
    usage: "troupe serve [--listen PLACE] [--dir D] [--root D]… [options]",
    does: "runs an engine that remotes steer",
    about: [
      "Remotes and phone apps made for Transmission or qBittorrent connect to the place of --listen, with the user troupe and the password that the first start makes: a terminal shows it, else the file service/first-password of the state folder has it until the first login. The torrents that were added to the service are brought back at each start. One service runs on a state folder.",
      "Remotes name folders below --root alone, and reach no host of the local network by the trackers and web seeds that they name. The other calls of troupe steer the service too: troupe help add.",
    ],
    examples: [
      "troupe serve --dir ~/torrents",
      "troupe serve --dir /data --listen 0.0.0.0:9091 --tls-cert cert.pem --tls-key key.pem",
      "troupe serve --dir /data --listen unix:/run/troupe/http --base-path /troupe --trusted-proxy socket",
    ],
  },
  ...serviceTopics,
  "load-test": {
    usage: "troupe load-test FILE|NAME|CALL [options]",
    does: "runs many peers against a client, a tracker or a DHT node",
    about: [
      "FILE is a scenario in YAML or JSON; NAME is one that comes along. The calls without a file:",
      "  peers --target HOST:PORT: peers of a client that has the torrent.",
      "  tracker --target URL: clients of a tracker, over HTTP or UDP.",
      "  dht --target HOST:PORT: askers of a DHT node.",
      "  agent --nats URL: makes load for a run that is started on another machine.",
      "  compare A… --with B…: compares the results of runs.",
      "  report RESULT…: the page of saved results, or with --format junit their budgets as JUnit XML.",
      "  torrent --size SIZE --save F: writes the .torrent of a pattern torrent.",
      "  data --size SIZE --dir D: writes the content of a pattern torrent.",
      "Load goes to loopback and private addresses only, unless --allow-target names the address.",
      "Exit 4: a budget is broken, or the run was aborted.",
    ],
    examples: [
      "troupe load-test first-look --target 127.0.0.1:6881",
      "troupe load-test peers --target 127.0.0.1:6881 --torrent a.torrent --count 1000 --for 30s",
      "troupe load-test tracker --target udp://127.0.0.1:6969 --rate 10000/s --report report.html",
      "troupe load-test compare before.json --with after.json",
      "troupe load-test report result.json --report report.html",
    ],
  },
  settings: {
    usage: "troupe settings [--settings F] [--schema] [options]",
    does: "shows each setting with its value and where that comes from",
    about: [
      "A setting is looked for among the options, then in the environment, then in the settings file; else its default holds. The file is YAML, and its keys are the names that this call prints; limits.down is the key down in the mapping limits. The variable of limits.down is TROUPE_LIMITS_DOWN.",
      "The settings hold for download, seed, check, info, dht, cat and play; of the calls that steer a service only the state folder. TROUPE_SETTINGS names another file, as --settings does. An option of these calls shows what it would change. Of addresses with a path only the host is printed.",
    ],
    examples: [
      "troupe settings",
      "troupe settings --down 5M",
      "troupe settings --json | jq '.settings[] | select(.from != \"default\")'",
      "troupe settings --schema > settings.schema.json",
    ],
  },
  state: {
    usage: "troupe state export F | import F [--map OLD=NEW]… [options]",
    does: "takes a state folder to another machine",
    about: [
      "export writes the state folder into the new file F: progress, settings and .torrents of all jobs, and the settings, feeds, passwords and tokens of a service, which must not run meanwhile. import brings F into a state folder that is empty: whole, or not at all.",
      "--map names a folder of the other machine and its place here: data folders, final folders, watch folders, and the folders of feeds follow. Records in data folders of the library's Torrent.create come along when the folder, or the one above it, is a NEW. Copy the data first, with their times (rsync -a): files with the length and time on record are neither hashed nor fetched again, changed files are hashed. The settings file is not in the state folder: copy it, too.",
    ],
    examples: [
      "troupe state export troupe-state.tar",
      "troupe state import troupe-state.tar --map /data=/srv/data --map /home/me=/home/you",
    ],
  },
  import: {
    usage: "troupe import FROM [--dry-run] [options]",
    does: "moves in from another client",
    about: [
      "FROM is the configuration folder of Transmission, the session of rtorrent, BT_backup of qBittorrent or the folder state of Deluge. The torrents come into the state folder with their folders, totals, labels, trackers, goals, limits, file choices and names; troupe serve brings them back at its next start. The other client must not run, and its files and the data are only read.",
      "Files that have the size and time on record are not hashed. Where the client records no times, a file counts if it is not younger than the resume data, and two pieces of it are hashed, 64 of a torrent at most; a bad piece has the whole file hashed. --verify full hashes everything, none leaves out the samples.",
    ],
    examples: [
      "troupe import ~/.config/transmission-daemon --dry-run",
      "troupe import ~/.local/share/qBittorrent/BT_backup",
      "troupe import ~/.config/deluge/state --verify full",
    ],
  },
  completion: {
    usage: "troupe completion bash|zsh|fish",
    does: "prints a shell script that completes calls, options and files",
    about: [
      "bash: source <(troupe completion bash), in ~/.bashrc to keep it.",
      "zsh: source <(troupe completion zsh), in ~/.zshrc after compinit.",
      "fish: troupe completion fish > ~/.config/fish/completions/troupe.fish",
    ],
    examples: ["troupe completion bash", "troupe completion fish"],
  },
  help: {
    usage: "troupe help [call|display]",
    does: "explains a call, with examples, or the signs of the live display",
    about: [],
    examples: ["troupe help seed", "troupe help display"],
  },
  display: {
    usage: "troupe help display",
    does: "the signs of the live display",
    about: [
      "A terminal gets the live display; a pipe, a file or TERM=dumb gets a line every few seconds. NO_COLOR is honoured, and without a UTF-8 locale the signs are the ASCII ones. Details that do not fit are left out, least important first.",
      "The pieces in order; a cell stands for one piece or for several neighbours:",
      ...pieceSigns(),
      "The flags of a peer, as in Transmission: a capital letter happens, a small letter waits for the other side.",
      ...flagMeanings,
      "has: share of the torrent that the peer has. asked: requested blocks that have not arrived. trip: time from a request to its block, the median of the last nine.",
      "A sentence below the pieces says why a download is not faster; above 10 MiB/s it is left out.",
    ],
    examples: ["troupe demo"],
  },
};
