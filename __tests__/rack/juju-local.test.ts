import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { JujuRack } from "./support/jujuRack";
import { zip } from "./support/zip";

/** Charms that come as a file, and keys that open machines. */

type Json = Record<string, unknown>;

const charm = zip({
  "metadata.yaml": [
    "{name: tiny, summary: A charm that nobody knows, provides: {web: {interface: http}},",
    "resources: {site: {type: file, filename: site.tar}}}",
  ].join(" "),
  "config.yaml": "options: {port: {type: int, default: 80, description: Where it listens}}",
  "actions.yaml":
    "greet: {description: Says hello, params: {name: {type: string}}, required: [name]}",
  "manifest.yaml": "bases: [{name: ubuntu, channel: '22.04', architectures: [amd64]}]",
});

let rack: JujuRack;

beforeAll(async () => {
  rack = new JujuRack();
  await rack.bootstrap();
  await rack.juju("switch mc:os");
  writeFileSync(join(rack.home, "anything.charm"), charm);
});
afterAll(() => rack.stop());

test("a charm's archive says what the charm is, whatever the file is called", async () => {
  const { rc, stderr } = await rack.juju("deploy ./anything.charm");
  expect([rc, stderr]).toEqual([
    0,
    'Located local charm "tiny", revision 0\nDeploying "tiny" from local charm "tiny", revision 0 on ubuntu@22.04/stable\n',
  ]);
  await rack.advance(2000);
  const status = await rack.json<Record<string, Record<string, Json>>>("status");
  expect(status.applications?.tiny).toMatchObject({
    charm: "local:tiny-0",
    "charm-origin": "local",
    units: {
      "tiny/0": { "workload-status": { current: "unknown" }, "juju-status": { current: "idle" } },
    },
  });
  expect(status.applications?.tiny).not.toHaveProperty("version");
});

test("its options and actions are its own", async () => {
  expect((await rack.juju("config tiny port=8080")).rc).toBe(0);
  expect((await rack.juju("config tiny port")).stdout).toBe("8080\n");
  expect((await rack.juju("config tiny colour=red")).rc).toBe(1);
  const ran = await rack.json<Record<string, Json>>("run tiny/0 greet name=x");
  expect(ran["tiny/0"]).toMatchObject({ status: "completed", results: { "return-code": 0 } });
});

test("a second upload is the next revision", async () => {
  const { stderr } = await rack.juju("deploy ./anything.charm other");
  expect(stderr.split("\n")[0]).toBe('Located local charm "tiny", revision 1');
});

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A".repeat(43) + " me@here";

test("a key is known by its fingerprint and its comment; Juju's own stay", async () => {
  const [before] = [(await rack.juju("ssh-keys")).stdout];
  expect(before).toMatch(/ \(juju-client-key\)\n[0-9a-f:]{47} \(juju-system-key\)\n$/);
  expect(await rack.juju(["add-ssh-key", KEY])).toEqual({ rc: 0, stdout: "", stderr: "" });
  expect((await rack.juju(["add-ssh-key", KEY])).stderr).toBe(
    `cannot add key "${KEY}": duplicate ssh key: ${KEY}\n`,
  );
  expect((await rack.juju(["add-ssh-key", "ssh-rsa AAAA x"])).stderr).toBe(
    'cannot add key "ssh-rsa AAAA x": invalid ssh key: ssh-rsa AAAA x\n',
  );
  expect((await rack.juju("ssh-keys")).stdout).toMatch(/[0-9a-f:]{47} \(me@here\)\n$/);
  expect((await rack.juju("remove-ssh-key nobody juju-client-key")).stderr).toBe(
    'cannot remove key id "nobody": key not found: nobody\n' +
      'cannot remove key id "juju-client-key": may not delete internal key: juju-client-key\n',
  );
  expect((await rack.juju("remove-ssh-key me@here")).stderr).toBe("");
  expect((await rack.juju("ssh-keys")).stdout).toBe(before);
});

test("juju ssh runs a command on a unit or a machine, behind the options of ssh", async () => {
  const line = "ssh tiny/0 -i ./id_test -o BatchMode=yes echo here";
  expect((await rack.juju(line)).stdout).toBe("here\n");
  expect((await rack.juju("ssh 0 hostname")).stdout).toMatch(/^server\d\n$/);
  expect(await rack.juju(["ssh", "0", "sleep x"])).toMatchObject({
    rc: 1,
    stderr: expect.stringContaining("invalid time interval") as string,
  });
});

test("of a credential that has secrets, JSON tells what is none", async () => {
  rack.file(
    "aws.yaml",
    "credentials: {aws: {one: {auth-type: access-key, access-key: a, secret-key: b}}}",
  );
  await rack.juju("add-credential aws --client -f aws.yaml");
  const shown = await rack.json<Record<string, Record<string, Json>>>("credentials");
  expect(shown["client-credentials"]?.aws).toEqual({
    "cloud-credentials": { one: { "auth-type": "access-key", details: { "access-key": "a" } } },
  });
});

test.each([
  ["cut off", charm.subarray(charm.length - 60), "zip: not a valid zip file"],
  ["with settings that are no YAML", zip({ "metadata.yaml": "name: odd\na: [" }), "yaml: line "],
])("an archive %s is refused, and nothing is deployed", async (_how, data, reason) => {
  writeFileSync(join(rack.home, "odd.charm"), data);
  const { rc, stderr } = await rack.juju("deploy ./odd.charm");
  expect([rc, stderr]).toEqual([1, expect.stringContaining(`ERROR ${reason}`)]);
});

test("odd bases and defaults are left out", async () => {
  const data = zip({
    "metadata.yaml": "{name: odd, bases: {a: 1}}",
    "config.yaml": "options: {day: {type: string, default: [1]}}",
  });
  writeFileSync(join(rack.home, "odd.charm"), data);
  expect((await rack.juju("deploy ./odd.charm")).rc).toBe(0);
  expect((await rack.juju("config odd day")).stdout).toBe("\n");
});
