import test from "ava";

import { ContactList, mostAddresses } from "../../src/upkeep/contact-list.ts";

test("addresses are kept by their source, each once", (t) => {
  const contacts = new ContactList();
  contacts.add("user", { host: "router.example", port: 6_881 });
  contacts.add("port", { host: "20.0.0.1", port: 6_881 });
  contacts.add("port", { host: "20.0.0.1", port: 6_881 });
  t.deepEqual(contacts.list("user"), [{ host: "router.example", port: 6_881 }]);
  t.is(contacts.list("port").length, 1);
  t.deepEqual(contacts.list("torrent"), []);
});

test("the oldest address of a source gives way, and no address of another source", (t) => {
  const contacts = new ContactList();
  contacts.add("torrent", { host: "20.1.0.1", port: 1 });
  for (let port = 1; port <= mostAddresses + 1; port++)
    contacts.add("port", { host: "20.0.0.1", port });
  t.is(contacts.list("port").length, mostAddresses);
  t.is(contacts.list("port")[0]?.port, 2);
  t.is(contacts.list("torrent").length, 1);
});
