import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { JujuRack } from "./support/jujuRack";
import { zip } from "./support/zip";

/** `juju refresh` to charms that come as a file, and away from them. */

type Json = Record<string, Record<string, Record<string, unknown>>>;

/** A charm nobody knows. */
const charm = (name: string, parts: { option: string; action: string; peer: string }): Buffer =>
  zip({
    "metadata.yaml": `{name: ${name}, provides: {web: {interface: http}}, peers: {${parts.peer}}}`,
    "config.yaml": `options: {kept: {type: int}, ${parts.option}: {type: string}}`,
    "actions.yaml": `${parts.action}: {description: d}`,
  });

const FIRST = { option: "colour", action: "greet", peer: "one: {interface: one}" };
const SECOND = {
  option: "shape",
  action: "wave",
  peer: "one: {interface: one}, third: {interface: third}",
};

describe.each(["3.6.25"])("refresh of Juju %s", (version) => {
  let rack: JujuRack;
  const save = (file: string, data: Buffer) => writeFileSync(join(rack.home, file), data);

  beforeAll(async () => {
    rack = new JujuRack(null, version);
    await rack.bootstrap();
    await rack.juju("switch mc:os");
    save("tiny.charm", charm("tiny", FIRST));
    save("new.charm", charm("tiny", SECOND));
    await rack.juju("deploy ./tiny.charm");
    await rack.juju("deploy glance --channel yoga/stable");
    await rack.advance(1_200_000);
  });
  afterAll(() => rack.stop());

  test("the new archive says what its options, actions and endpoints are", async () => {
    expect((await rack.juju("config tiny kept=1 colour=red")).rc).toBe(0);
    const { rc, stderr } = await rack.juju("refresh tiny --path ./new.charm");
    expect([rc, stderr.split("\n")[0]]).toEqual([
      0,
      'Added local charm "tiny", revision 1, to the model',
    ]);
    expect(stderr).toContain('adding endpoint "third" to default space "alpha"\n');
    const { settings = {} } = await rack.json<Json>("config tiny");
    expect(Object.keys(settings).sort()).toEqual(["kept", "shape"]);
    expect(settings.kept?.value).toBe(1);
    expect(Object.keys(await rack.json<Json>("actions tiny"))).toEqual(["wave"]);
  });

  test("a charm of the store can become a file of which nobody knows more", async () => {
    save("glance.charm", charm("glance", { ...FIRST, peer: "cluster: {interface: glance-ha}" }));
    expect(await rack.juju("refresh glance --path ./glance.charm")).toMatchObject({ rc: 0 });
    const { settings = {} } = await rack.json<Json>("config glance");
    expect(Object.keys(settings).sort()).toEqual(["colour", "kept"]);
  });
});
