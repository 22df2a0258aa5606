import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { readBundle } from "../../lab/rack/juju/bundles/read";
import { profileOf } from "../../lab/rack/juju/profile";

/** What Juju's clients (3.6 and 4.1, asked of them) say of bundles with something wrong in them. */

const VERSIONS = ["3.6.25", "4.1-beta2"] as const;

let folder: string;

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "bundle-"));
});

afterAll(() => fs.rmSync(folder, { recursive: true }));

const read = (version: string, bundle: string, overlay?: string) => {
  const write = (name: string, text: string): string => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, text);
    return file;
  };
  const file = write("bundle.yaml", bundle);
  const overlays: [string, string][] =
    overlay === undefined ? [] : [[write("overlay.yaml", overlay), "overlay.yaml"]];
  return readBundle(file, "./bundle.yaml", overlays, profileOf(version));
};

const reason = (version: string, bundle: string, overlay?: string): string => {
  try {
    read(version, bundle, overlay);
    return "nothing";
  } catch (error) {
    return (error as Error).message.replaceAll(folder, "HERE");
  }
};

const A = "applications:\n  a:\n    charm: keystone\n";
const ONE = `${A}    num_units: 1\n`;

const ERRORS = "cannot deploy bundle: the provided bundle has the following errors:\n";
const EMPTY = `${ERRORS}at least one application must be specified`;

describe.each(VERSIONS)("a bundle as Juju %s reads it", (version) => {
  const word = version.startsWith("3.") ? "constraint" : "directive";

  test.each([
    ["a place that is no list", `${ONE}    to: lxd:0\nmachines: {'0': }\n`],
    ["options that are a list", `${A}    options: [x]\n`],
    ["a machine that is a word", `${ONE}machines: {'0': here}\n`],
    ["relations that are a map", `${A}relations: {a: b}\n`],
    ["a relation with a list in it", `${A}relations: [[a, [b, c]]]\n`],
    ["the applications' old name", "services:\n  a: {charm: keystone}\n"],
    ["no applications", "description: none\n"],
  ])("with %s nothing is left of it", (_name, bundle) => {
    expect(reason(version, bundle)).toBe(EMPTY);
  });

  test.each([
    [
      "an empty application",
      "applications:\n  a:\n",
      'bundle application for key "a" is undefined',
    ],
    ["a bare base", `${A}    base: 22.04\n`, 'application "a" declares an invalid base "22.04"'],
    [
      "a revision without channel",
      `${A}    revision: 7\n`,
      'application "a" with a revision requires a channel for future upgrades, please use channel',
    ],
    [
      "a revision below zero",
      `${A}    channel: edge\n    revision: -1\n`,
      'the revision for application "a" must be zero or greater',
    ],
    [
      "fewer units than none",
      `${A}    num_units: -1\n`,
      'negative number of units specified on application "a"',
    ],
    [
      "more places than units",
      `${ONE}    to: ['0', '1']\nmachines: {'0': , '1': }\n`,
      'too many units specified in unit placement for application "a"',
    ],
    [
      "a unit that there will not be",
      `${ONE}    to: [b/1]\n  b: {charm: glance, num_units: 1}\n`,
      'placement "b/1" specifies a unit greater than the 1 unit(s) started by the target application',
    ],
    ["a place of no form", `${ONE}    to: ['lxd:0:1']\n`, 'invalid placement syntax "lxd:0:1"'],
    [
      "a machine without a number",
      `${ONE}    to: [x]\n  x: {charm: glance}\nmachines: {x: }\n`,
      'invalid machine id "x" found in machines\nmachine "x" is not referred to by a placement directive',
    ],
    [
      "a charm in capitals",
      "applications:\n  a: {charm: Keystone}\n",
      'invalid charm URL in application "a": cannot parse name and/or revision in URL "Keystone": name "Keystone" not valid',
    ],
    [
      "a charm's folder that is not there",
      "applications:\n  a: {charm: ./nowhere}\n",
      'charm path in application "a" does not exist: HERE/nowhere',
    ],
    [
      "constraints without a value",
      `${A}    constraints: mem\n`,
      'invalid constraints "mem" in application "a": malformed constraint "mem"',
    ],
    [
      "an image among a bundle's own constraints",
      `${ONE}    to: ['0']\nmachines: {'0': {constraints: image-id=x}}\n`,
      'invalid constraints "image-id=x" in machine "0": \'image-id\' constraint in a base bundle not supported',
    ],
    [
      "storage of no form",
      `${A}    storage: {data: '1 GB'}\n`,
      `invalid storage "data" in application "a": unrecognized storage ${word} "1 GB" not valid`,
    ],
    [
      "storage of nothing",
      `${A}    storage: {data: ''}\n`,
      `invalid storage "data" in application "a": storage ${word}s require at least one field to be specified`,
    ],
    [
      "storage of two sizes",
      `${A}    storage: {data: '1G,2G'}\n`,
      'invalid storage "data" in application "a": storage size is already set to 1024, new value 2048 not valid',
    ],
    [
      "a device without its number",
      `${A}    devices: {gpu: 'a,b'}\n`,
      'invalid device "gpu" in application "a": count must be greater than zero, got "a"',
    ],
    ["another type", `bundle: iaas\n${A}`, 'bundle has an invalid type "iaas"'],
    [
      "a resource that is a list",
      `${A}    resources: {x: [1]}\n`,
      'resource revision "a" is not int or string',
    ],
  ])("%s is refused", (_name, bundle, error) => {
    expect(reason(version, bundle)).toBe(`${ERRORS}${error}`);
  });

  const before = "cannot deploy bundle: cannot unmarshal bundle contents: unmarshal document 0: ";

  test.each([
    [
      "units twice",
      `${ONE}    scale: 2\n`,
      'cannot specify both scale and num_units for application "a"',
    ],
    [
      "a placement",
      `${A}    placement: a=b\n`,
      'placement (a=b) not valid for non-Kubernetes application "a"',
    ],
  ])("%s cannot be read", (_name, bundle, error) => {
    expect(reason(version, bundle)).toBe(before + error);
    const overlay = before.replace(
      "cannot unmarshal",
      "unable to process overlays: cannot unmarshal",
    );
    expect(reason(version, A, bundle)).toBe(overlay + error);
  });

  test("a series is Juju 3's", () => {
    const bundle = `${A}    series: 22.04\n`;
    expect(reason(version, bundle)).toBe(
      version.startsWith("3.")
        ? `${ERRORS}application "a" declares an invalid series "22.04"`
        : "nothing",
    );
    const { warnings, troubles } = read(version, `${A}    series: jammy\n`);
    expect([...warnings, ...troubles]).toEqual(
      version.startsWith("3.")
        ? [expect.stringContaining("series are being deprecated in favour of bases.")]
        : [
            "unsupported key 'series' detected without a base in the base bundle. Ignoring:\n- document 0; bundle application \"a\" contains series. Please use base",
            "unmarshal document 0: yaml: unmarshal errors:\n  line 4: field series not found in applications",
          ],
    );
  });

  test("what is not known or told twice does no harm; a dry run tells of it, with its line", () => {
    const { applications, troubles } = read(version, `${ONE}    chanel: edge\n    charm: glance\n`);
    expect(applications).toMatchObject({ a: { charm: "glance" } });
    expect(troubles).toEqual([
      "unmarshal document 0: yaml: unmarshal errors:\n  line 5: field chanel not found in applications\n  line 6: field charm already set in applications",
    ]);
  });

  test("an overlay with something of the wrong kind changes nothing", () => {
    const overlay = `${A.replace("keystone", "glance")}    offers: db\n`;
    const { applications, troubles } = read(version, A, overlay);
    expect(applications).toMatchObject({ a: { charm: "keystone" } });
    expect(troubles).toEqual([
      "unmarshal document 0: yaml: unmarshal errors:\n  line 4: cannot unmarshal !!str `db` into map[string]*charm.OfferSpec",
    ]);
  });

  test("words of YAML 1.1, numbers for texts, and parts of others", () => {
    const rest = "    expose: yes\n    channel: 2023.10\n    num_units: 1.5\n";
    const bundle = `${A}${rest}    options: &o {x: on, y: 0777, z: 1_000, s: "1"}\n  b:\n    charm: glance\n    options: {<<: *o, x: no}\n`;
    expect(read(version, bundle).applications).toMatchObject({
      a: {
        ...{ expose: true, channel: "2023.10", num_units: 1 },
        options: { x: true, y: 511, z: 1000, s: "1" },
      },
      b: { options: { x: false, y: 511 } },
    });
  });

  test("an overlay adds to maps, takes away what it leaves empty, and replaces the rest", () => {
    const bundle = `${ONE}    options: {x: 1, y: 2}\n    to: ['0']\n  b: {charm: glance}\nmachines: {'0': }\nrelations: [[a:x, b:y]]\n`;
    const overlay =
      "applications:\n  a:\n    options: {y: , z: 3}\n    annotations:\n    to: ['new']\n  b:\nmachines: {}\n";
    const { applications, machines, relations } = read(version, bundle, overlay);
    expect(applications).toEqual({
      a: {
        ...{ charm: "keystone", num_units: 1, to: ["new"] },
        ...{ options: { x: 1, z: 3 }, annotations: {} },
      },
    });
    expect({ machines, relations }).toEqual({ machines: {}, relations: [] });
  });

  test("options can be the contents of files beside the bundle", () => {
    fs.writeFileSync(path.join(folder, "text"), "secret\n");
    const of = (value: string): string => `${A}    options: {x: '${value}'}\n`;
    const option = (value: string) => read(version, of(value)).applications.a?.options?.x;
    expect(option("include-file://text")).toBe("secret\n");
    expect(option("include-base64://./text")).toBe("c2VjcmV0Cg==");
    expect(reason(version, of("include-file://nowhere"))).toBe(
      'cannot deploy bundle: processing option "x" for application "a": resolving include "nowhere": include file "HERE/nowhere" not found',
    );
  });
});
