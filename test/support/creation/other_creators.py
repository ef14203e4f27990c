# Makes torrents of folders by other code: by libtorrent, and by the words of BEP 52 with hashlib alone.
#
# Reads lines of JSON from stdin: {"folder", "pieceLength", "version", "aligned"}. Answers a line each: the `info` dictionaries in
# hexadecimal digits, {"libtorrent", "bep"}; "bep" is there for version 2 alone.
import hashlib
import json
import os
import sys

import libtorrent

BLOCK = 16384


def encoded(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, list):
        return b"l" + b"".join(encoded(each) for each in value) + b"e"
    entries = sorted(value.items())
    return b"d" + b"".join(encoded(key) + encoded(each) for key, each in entries) + b"e"


def root_of(path):
    nodes = []
    with open(path, "rb") as file:
        while block := file.read(BLOCK):
            nodes.append(hashlib.sha256(block).digest())
    while len(nodes) & (len(nodes) - 1):
        nodes.append(bytes(32))
    while len(nodes) > 1:
        pairs = zip(nodes[::2], nodes[1::2])
        nodes = [hashlib.sha256(left + right).digest() for left, right in pairs]
    return nodes[0]


def tree_of(path):
    if os.path.isdir(path):
        return {name.encode(): tree_of(os.path.join(path, name)) for name in os.listdir(path)}
    length = os.path.getsize(path)
    properties = {b"length": length}
    if length > 0:
        properties[b"pieces root"] = root_of(path)
    return {b"": properties}


def by_bep(folder, piece_length):
    info = {
        b"file tree": tree_of(folder),
        b"meta version": 2,
        b"name": os.path.basename(folder).encode(),
        b"piece length": piece_length,
    }
    return encoded(info)


def files_in(folder):
    """In the order of a file tree: folder by folder, by the bytes of the names."""
    for name in sorted(os.listdir(folder), key=lambda name: name.encode()):
        path = os.path.join(folder, name)
        if os.path.isdir(path):
            yield from files_in(path)
        else:
            yield path


def by_libtorrent(folder, piece_length, version, aligned):
    storage = libtorrent.file_storage()
    above = os.path.dirname(folder)
    for path in files_in(folder):
        storage.add_file(os.path.relpath(path, above), os.path.getsize(path))
    flags = {"v1": libtorrent.create_torrent.v1_only, "v2": libtorrent.create_torrent.v2_only}
    chosen = flags.get(version, 0)
    if aligned:
        chosen |= libtorrent.create_torrent.canonical_files
    torrent = libtorrent.create_torrent(storage, piece_length, chosen)
    libtorrent.set_piece_hashes(torrent, above)
    return libtorrent.bencode(torrent.generate()[b"info"])


for line in sys.stdin:
    case = json.loads(line)
    folder, piece_length, version = case["folder"], case["pieceLength"], case["version"]
    answer = {"libtorrent": by_libtorrent(folder, piece_length, version, case["aligned"]).hex()}
    if version == "v2":
        answer["bep"] = by_bep(folder, piece_length).hex()
    print(json.dumps(answer), flush=True)
