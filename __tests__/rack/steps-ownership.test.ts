/** What a destroy may take, with a Juju that deletes machines from MAAS instead of releasing them. */
import * as fs from "node:fs";
import * as path from "node:path";

import { startRack, type TestRack } from "../../lab/rack/testing";
import { until } from "./support/sshd";
import { converged, disconnect, type Outcome, type Place, step } from "./support/steps";

jest.setTimeout(600_000);

let rack: TestRack;
let place: Place;

const maas = () => ({ profile: "kit", url: rack.maasUrl });

const controller = (more: Record<string, unknown> = {}) => ({
  ...{
    controller: "ours",
    cloud: { name: "maas-one", endpoint: rack.maasUrl },
    credential: "admin",
  },
  ...{ base: "ubuntu@22.04", constraints: "tags=controller arch=amd64" },
  ...{ bootstrapTimeoutSeconds: 3600, maas: maas(), allowUnsafeJuju: true, allowDestroy: true },
  ...more,
});

const model = (more: Record<string, unknown> = {}) => ({
  ...{ controller: "ours", model: "openstack", cloud: "maas-one", credential: "admin", config: {} },
  ...{ maas: maas(), allowUnsafeJuju: true, allowDestroy: true },
  ...more,
});

const machine = (n: number) => ({
  ...{ hostname: `server${n}`, macAddresses: [`52:54:00:16:00:0${n}`] },
  ...{ architecture: "amd64/generic", power: { type: "manual", parameters: {} } },
  tags: [n === 1 ? "controller" : "compute"],
  ...{ zone: "default", pool: "default", bridges: [] },
  minimum: { cores: 2, ramMiB: 4096, disks: 1 },
});

beforeAll(async () => {
  rack = await startRack({ mode: "running", factor: 2000, juju: "3.6.24" });
  place = {
    spec: { host: "127.0.0.1", port: rack.sshPort, user: rack.user, hostKey: rack.hostKey },
    secrets: { bastionPrivateKey: rack.privateKey, maasApiKey: rack.apiKey, powerSecrets: {} },
  };
  await converged(place, "maas/fleet", { maas: maas(), machines: [1, 3].map(machine) });
  await converged(place, "juju/controller", controller());
  await converged(place, "juju/model", model());
});

afterAll(async () => {
  await disconnect(place);
  await rack.stop();
});

const remove = (name: string, spec: Record<string, unknown>): Promise<Outcome> =>
  step(place, name, spec, { remove: true });

async function juju(...words: string[]): Promise<string> {
  const { rc, stdout, stderr } = await rack.exec(["juju", ...words]);
  if (rc !== 0) throw new Error(`juju ${words.join(" ")}: ${stderr}`);
  return stdout;
}

async function models(): Promise<string[]> {
  const listed = JSON.parse(await juju("models", "-c", "ours", "--format", "json")) as {
    models: { "short-name": string }[];
  };
  return listed.models.map((each) => each["short-name"]).sort();
}

it("refuses to forget what it may not destroy, and says how both are done", async () => {
  for (const [name, spec] of [
    ["juju/model", model({ allowDestroy: false })],
    ["juju/controller", controller({ allowDestroy: false })],
  ] as const) {
    const { code, lines } = await remove(name, spec);
    expect([code, lines.join(" ")]).toEqual([
      1,
      expect.stringMatching(/stays with all .* pulumi up once.*pulumi state delete URN/),
    ]);
  }
  expect(await models()).toEqual(["controller", "openstack"]);
});

it("uses a model that was there before, and destroys neither it nor its controller", async () => {
  await juju("add-model", "theirs", "maas-one", "-c", "ours", "--credential", "admin");
  const theirs = model({ model: "theirs" });
  const { lines } = await converged(place, "juju/model", theirs);
  expect(lines).toEqual([
    "model theirs was there before this stack: it is used, and no destroy takes it",
  ]);
  const kept = await remove("juju/model", theirs);
  expect([kept.code, kept.lines.join(" ")]).toEqual([
    1,
    expect.stringContaining("ours:theirs is not destroyed: it was there before this stack"),
  ]);
  const whole = await remove("juju/controller", controller());
  expect([whole.code, whole.lines.join(" ")]).toEqual([
    1,
    expect.stringContaining("it has models that this stack did not make: theirs."),
  ]);
  expect(await models()).toEqual(["controller", "openstack", "theirs"]);
  await juju("destroy-model", "ours:theirs", "--no-prompt");
});

it("does not destroy a controller of which nothing says that it is ours", async () => {
  const mark = path.join(rack.userHome, "private-cloud/made/ours/controller");
  fs.renameSync(mark, `${mark}.away`);
  const { code, lines } = await remove("juju/controller", controller());
  fs.renameSync(`${mark}.away`, mark);
  expect([code, lines.join(" ")]).toEqual([
    1,
    expect.stringContaining("The controller ours is not destroyed"),
  ]);
});

it("lets no Juju that deletes machines destroy a model", async () => {
  const { code, lines } = await remove("juju/model", model({ allowUnsafeJuju: false }));
  expect([code, lines.join(" ")]).toEqual([
    1,
    expect.stringMatching(/3\.6\.24\S*, which deletes the MAAS machines/),
  ]);
  expect(await models()).toEqual(["controller", "openstack"]);
});

it("notices afterwards that Juju has deleted a machine", async () => {
  await juju("add-machine", "-m", "ours:openstack", "--constraints", "tags=compute");
  await rack.exec(["maas", "login", "test", rack.maasUrl, "-"], rack.apiKey);
  await until("server3 is deployed", async () => {
    const { stdout } = await rack.exec(["maas", "test", "machines", "read", "hostname=server3"]);
    return stdout.includes('"Deployed"');
  });
  const { code, lines } = await remove("juju/model", model());
  expect([code, lines.join(" ")]).toEqual([
    1,
    expect.stringContaining("Juju has deleted server3 from MAAS"),
  ]);
});
