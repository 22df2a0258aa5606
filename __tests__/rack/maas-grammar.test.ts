import commands from "../../lab/rack/maas/commands.json";
import { startRack, type TestRack } from "../../lab/rack/testing";

let rack: TestRack;

beforeAll(async () => {
  rack = await startRack({ seed: "empty", maas: "3.4", sshd: false });
  const { rc } = await rack.exec(["maas", "login", "lab", rack.maasUrl, "-"], rack.apiKey);
  expect(rc).toBe(0);
}, 30_000);

afterAll(() => rack.stop());

const describeDocument = async (): Promise<{ resources: { auth: Described }[] }> =>
  (await (await fetch(`${rack.maasUrl}/api/2.0/describe/`)).json()) as {
    resources: { auth: Described }[];
  };

interface Described {
  name: string;
  params: string[];
  path: string;
  actions: { name: string; method: string; op: string | null }[];
}

test("the description is the recorded command table", async () => {
  const { resources } = await describeDocument();
  const described = resources.map(({ auth }) => ({
    path: auth.path.replace("/MAAS/api/2.0", ""),
    params: auth.params,
    actions: auth.actions
      .map(({ method, op }) => (op === null ? method : `${method} op=${op}`))
      .sort(),
  }));
  const recorded = Object.values(commands).map(({ path, params, actions }) => ({
    path,
    params,
    actions: Object.values(actions).sort(),
  }));
  expect(described).toEqual(recorded);
});

test("every handler is a command, and every operation of the table has an answer of its own", async () => {
  const { stdout } = await rack.exec(["maas", "lab", "--help"]);
  const listed = [...stdout.matchAll(/^ {4}([a-z-]+)/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual(Object.keys(commands).sort());
  const { resources } = await describeDocument();
  const [consumer, token, secret] = rack.apiKey.split(":");
  const Authorization = `OAuth oauth_signature_method="PLAINTEXT", oauth_consumer_key="${consumer}", oauth_token="${token}", oauth_signature="%26${secret}"`;
  for (const { auth } of resources) {
    for (const { method, op } of auth.actions) {
      const path = auth.path.replace(/\{[^}]+\}/g, "777");
      const query = op === null ? "" : `?op=${op}`;
      const url = `${new URL(rack.maasUrl).origin}${path}${query}`;
      const { status } = await fetch(url, { method, headers: { Authorization } });
      expect([
        `${method} ${path}${query}`,
        [200, 204, 400, 403, 404, 409, 503].includes(status),
      ]).toEqual([`${method} ${path}${query}`, true]);
    }
  }
}, 60_000);

test.each([
  [["maas", "lab", "machinez", "read"], 2, /invalid choice: 'machinez'/],
  [["maas", "lab", "machines"], 2, /too few arguments/],
  [
    ["maas", "lab", "machine", "deploy"],
    2,
    /the following arguments are required: system_id, data\n$/,
  ],
  [["maas", "lab", "machines", "read", "--frob"], 2, /unrecognized arguments: --frob\n$/],
  [["maas", "lab", "fabrics", "read", "a=b"], 2, /unrecognized arguments: a=b\n$/],
  [
    ["maas", "lab", "tags", "create", "name"],
    1,
    /^'name' is not a name=value or name@=filename pair\n$/,
  ],
  [
    ["maas", "lab", "tags", "create", "name@=nothing"],
    2,
    /No such file or directory: 'nothing'\n$/,
  ],
  [["maas", "lab", "tags", "create", "name@=/etc/hostname"], 2, /No such file or directory/],
  [
    ["maas", "login", "x", "http://127.0.0.1:1/MAAS", "a:b:c"],
    2,
    /\[Errno 111\] Connection refused\n$/,
  ],
  [["maas", "login", "x", "http://127.0.0.1:1/MAAS", "a:b"], 2, /Malformed credentials/],
])("%j is refused as the real command does", async (argv, rc, stderr) => {
  const got = await rack.exec(argv);
  expect(got.rc).toBe(rc);
  expect(got.stdout).toBe("");
  expect(got.stderr).toMatch(stderr);
});

test("an anonymous profile reads the version and nothing else", async () => {
  expect((await rack.exec(["maas", "login", "nobody", rack.maasUrl])).rc).toBe(0);
  expect((await rack.exec(["maas", "nobody", "version", "read"])).rc).toBe(0);
  expect(await rack.exec(["maas", "nobody", "machines", "read"])).toEqual({
    rc: 2,
    stdout: "",
    stderr: "",
  });
  expect((await rack.exec(["maas", "logout", "nobody"])).rc).toBe(0);
  expect((await rack.exec(["maas", "logout", "nobody"])).rc).toBe(0);
});

test("on the newest profile VM hosts are gone", async () => {
  const next = await startRack({ maas: "next", sshd: false });
  await next.exec(["maas", "login", "lab", next.maasUrl, "-"], next.apiKey);
  const { rc, stderr } = await next.exec(["maas", "lab", "vm-hosts", "read", "-d"]);
  expect(rc).toBe(2);
  expect(stderr).toContain("Status: 410");
  await next.stop();
}, 20_000);
