import { JujuRack } from "./support/jujuRack";

/** Clouds and credentials of the client and of a controller, in the words of Juju's own commands. */

type Json = Record<string, unknown>;

const openstack = (endpoint: string): string =>
  JSON.stringify({
    clouds: {
      stack: {
        type: "openstack",
        "auth-types": ["userpass"],
        regions: { one: { endpoint } },
      },
    },
  });

let rack: JujuRack;

const said = async (line: string): Promise<[number, string]> => {
  const { rc, stderr } = await rack.juju(line);
  return [rc, stderr];
};

beforeAll(async () => {
  rack = new JujuRack();
  await rack.bootstrap();
  rack.file("stack.yaml", openstack("https://one.example:5000/v3"));
  rack.file("moved.yaml", openstack("https://two.example:5000/v3"));
});
afterAll(() => rack.stop());

const shown = async (line: string): Promise<Json[]> => rack.json<Json[]>(`show-cloud ${line}`);

test("a cloud of the client is added, shown, updated and removed", async () => {
  expect((await said("add-cloud stack --client -f stack.yaml"))[0]).toBe(0);
  const cloud = {
    name: "stack",
    summary: 'Client cloud "stack"',
    defined: "local",
    type: "openstack",
    description: "Openstack Cloud",
    "auth-types": ["userpass"],
  };
  expect(await shown("stack --client")).toEqual([
    { ...cloud, regions: { one: { endpoint: "https://one.example:5000/v3" } } },
  ]);
  expect(await said("update-cloud stack --client -f moved.yaml")).toEqual([
    0,
    'Cloud "stack" updated on this client using provided file.\n',
  ]);
  expect(await shown("stack --client")).toEqual([
    { ...cloud, regions: { one: { endpoint: "https://two.example:5000/v3" } } },
  ]);
  expect((await rack.juju("show-cloud stack --client")).stdout).toMatch(
    /^Client cloud "stack":\n\ndefined: local\n/,
  );
  expect(await said("remove-cloud stack --client")).toEqual([
    0,
    'Removed details of cloud "stack" from this client\n',
  ]);
  const [rc, stderr] = await said("show-cloud stack --client");
  expect([rc, stderr.split("\n")[0]]).toEqual([
    1,
    "ERROR cloud stack not found, possible alternative clouds:",
  ]);
});

test("a controller has clouds of its own, which its client need not know", async () => {
  const [rc, stderr] = await said("add-cloud stack -c mc -f stack.yaml");
  expect(rc).toBe(0);
  expect(stderr.split("\n").slice(0, 2)).toEqual([
    'Cloud "stack" added to controller "mc".',
    "WARNING loading credentials: credentials for cloud stack not found",
  ]);
  expect((await said("add-cloud stack -c mc -f stack.yaml"))[1]).toMatch(
    /^Cloud "stack" already exists on the controller "mc"\.\n/,
  );
  expect(Object.keys(await rack.json<Json>("clouds -c mc"))).toEqual(["maas-one", "stack"]);
  expect(await said("update-cloud stack -c mc -f moved.yaml")).toEqual([
    0,
    'Cloud "stack" updated on controller "mc" using provided file.\n',
  ]);
  expect(await shown("stack -c mc")).toEqual([
    {
      name: "stack",
      summary: 'Cloud "stack" from controller "mc"',
      defined: "public",
      type: "openstack",
      "auth-types": ["userpass"],
      regions: { one: { endpoint: "https://two.example:5000/v3" } },
      users: { admin: { "display-name": "admin", access: "admin" } },
    },
  ]);
  expect(Object.keys(await rack.json<Json>("clouds --all"))).not.toContain("stack");
  expect(await said("remove-cloud stack -c mc")).toEqual([
    0,
    'Removed details of cloud "stack" from controller "mc"\n',
  ]);
  expect(await said("remove-cloud stack -c mc")).toEqual([
    0,
    'No cloud called "stack" exists on controller "mc"\n',
  ]);
  expect(await said("update-cloud stack -c mc -f moved.yaml")).toEqual([
    1,
    'cloud "stack" not found\n',
  ]);
  expect(await said("remove-cloud maas-one -c mc")).toEqual([
    1,
    "ERROR cloud is used by 2 models\n",
  ]);
});

test("a controller on MAAS does not take a cloud that it could not reach, unless it is forced to", async () => {
  rack.file("lxd.yaml", "clouds: {other: {type: lxd, auth-types: [certificate]}}");
  expect(await said("add-cloud other -c mc -f lxd.yaml")).toEqual([
    0,
    'Adding a cloud of type "lxd" might not function correctly on this controller.\nIf you really want to do this, use --force.\n',
  ]);
  expect((await said("add-cloud other -c mc -f lxd.yaml --force"))[1]).toMatch(
    /^Cloud "other" added to controller "mc"\.\n/,
  );
});

test("public clouds take credentials; those of a controller that has not the cloud stay here", async () => {
  const file = "credentials: {aws: {one: {auth-type: access-key, access-key: a, secret-key: b}}}";
  rack.file("aws.yaml", file);
  const added = await rack.juju("add-credential aws --client -f aws.yaml");
  expect(added).toEqual({
    rc: 0,
    stdout: 'Credential "one" added locally for cloud "aws".\n\n',
    stderr: "",
  });
  const again = await rack.juju("add-credential aws --client -f aws.yaml");
  expect(again).toEqual({
    rc: 1,
    stdout: 'No local credentials for cloud "aws" changed.\n',
    stderr:
      'ERROR credential "one" for cloud "aws" already exists locally, use \'juju update-credential aws one -f aws.yaml\' to update this local client copy\n',
  });
  const remote = await rack.juju("add-credential aws -c mc -f missing.yaml");
  expect(remote).toEqual({
    rc: 1,
    stdout: "",
    stderr:
      'Cloud "aws" is not found on the controller, looking for a locally stored cloud.\nERROR reading credentials file: open missing.yaml: no such file or directory\n',
  });
  const { stdout } = await rack.juju("add-credential aws -c mc -f aws.yaml");
  expect(stdout).toMatch(/^No cloud "aws" found on the controller "mc": credentials are not/);
});

test("a definition that cannot be read is told of before a controller is looked for", async () => {
  const missing =
    "ERROR could not read cloud definition from provided file: open none.yaml: no such file or directory\n";
  expect(await said("update-cloud stack -c nosuch -f none.yaml")).toEqual([1, missing]);
});

test("a model that the client has not heard of is looked for at the controller, under its owner's name", async () => {
  expect(await said("status -m mc:alice/other")).toEqual([
    1,
    "ERROR model mc:alice/other not found\n",
  ]);
  rack.faults([{ fault: "controller-down", count: 0 }]);
  const refused = expect.stringMatching(
    /^ERROR unable to connect to API: dial tcp \S+ connect: connection refused\n$/,
  ) as string;
  const asked = expect.stringMatching(
    /^ERROR refreshing models: unable to connect to API: /,
  ) as string;
  expect(await said("status -m mc:os")).toEqual([1, refused]);
  expect(await said("status -m mc:nosuch")).toEqual([1, asked]);
  expect(await said("destroy-model mc:nosuch --no-prompt")).toEqual([1, asked]);
  expect((await said("destroy-model mc:os --no-prompt"))[1]).toMatch(
    /^ERROR cannot connect to API: /,
  );
  // Juju 3 tells the cause alone where it looks a model up with its arguments.
  expect((await said("add-machine -m mc:nosuch"))[1]).toMatch(
    /^ERROR dial tcp \S+ connect: connection refused\n$/,
  );
  rack.faults([]);
});

test("what a command sees only once it runs has another exit status than a wrong line", async () => {
  const text = "ERROR --no-wait without --force not valid\n";
  expect(await said("destroy-model mc:os --no-prompt --no-wait")).toEqual([1, text]);
  expect(await said("remove-application -m mc:os a --no-prompt --no-wait")).toEqual([2, text]);
  expect(await said("integrate -m mc:os a b --via 10.0.0.0/8,16")).toEqual([
    2,
    "ERROR invalid CIDR address: 16\n",
  ]);
});

test("what a file leaves empty is missing, and remove-k8s takes only clouds of Kubernetes away", async () => {
  rack.file("empty.yaml", JSON.stringify({ clouds: { stack: null }, credentials: { aws: null } }));
  expect(await said("add-cloud stack --client -f empty.yaml")).toEqual([
    1,
    'ERROR cloud "stack" not found in file "empty.yaml"\n',
  ]);
  expect(await said("add-credential aws --client -f empty.yaml")).toEqual([
    1,
    "ERROR no credentials for cloud aws exist in file empty.yaml\n",
  ]);
  rack.file("kept.yaml", openstack("https://one.example:5000/v3"));
  await rack.juju("add-cloud stack --client -f kept.yaml");
  await rack.juju("remove-k8s stack --client");
  expect((await rack.juju("show-cloud stack --client")).rc).toBe(0);
});
