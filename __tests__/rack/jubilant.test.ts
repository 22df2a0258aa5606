import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { startRack, type TestRack } from "../../lab/rack/testing";

jest.setTimeout(300_000);

const run = promisify(execFile);
const REQUIREMENTS = join(__dirname, "support", "jubilant-requirements.txt");
const DRIVER = join(__dirname, "support", "jubilant_drives.py");

const cache =
  process.env.PRIVATE_CLOUD_CACHE ??
  join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "private-cloud");

/** A virtual environment for exactly these requirements, made once; one that is half made has another name. */
const environment = async (): Promise<string> => {
  const hash = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex").slice(0, 12);
  const folder = join(cache, `jubilant-${hash}`);
  if (existsSync(folder)) return folder;
  const making = `${folder}.${process.pid}`;
  mkdirSync(cache, { recursive: true });
  rmSync(making, { recursive: true, force: true });
  try {
    await run("python3", ["-m", "venv", making]);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    throw new Error(
      "python3 cannot make a virtual environment; install it: apt-get install python3-venv",
      { cause: error },
    );
  }
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  await run(join(making, "bin/python"), [...pip, "--require-hashes", "-r", REQUIREMENTS]);
  try {
    renameSync(making, folder);
  } catch (error) {
    // Another test made it meanwhile.
    rmSync(making, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
};

let rack: TestRack;

beforeAll(async () => {
  rack = await startRack({ sshd: false, mode: "running", factor: 2000 });
});

afterAll(() => rack.stop());

const maas = async (...words: string[]): Promise<unknown> => {
  const { rc, stdout, stderr } = await rack.exec(["maas", "admin", ...words]);
  if (rc !== 0) throw new Error(`maas admin ${words.join(" ")}: ${stdout}${stderr}`);
  return stdout === "" ? undefined : JSON.parse(stdout);
};

/** Three servers, commissioned. */
const enlist = async (): Promise<void> => {
  await rack.exec(["maas", "login", "admin", rack.maasUrl, "-"], rack.apiKey);
  await maas("ipranges", "create", "type=dynamic", "start_ip=172.16.11.1", "end_ip=172.16.14.255");
  const [controller] = (await maas("rack-controllers", "read")) as { system_id: string }[];
  const primary = `primary_rack=${controller?.system_id ?? ""}`;
  await maas("vlan", "update", "0", "0", "dhcp_on=true", primary);
  for (const number of [1, 3, 4]) {
    const address = `power_parameters_power_address=172.16.15.${number}`;
    await maas(
      ...["machines", "create", "architecture=amd64/generic", `hostname=server${number}`],
      ...[`mac_addresses=52:54:00:16:00:0${number}`, "power_type=amt"],
      ...[address, "power_parameters_power_pass=s"],
    );
  }
  await rack.advance(900);
  const machines = (await maas("machines", "read")) as { status_name: string }[];
  expect(machines.map((machine) => machine.status_name)).toEqual(["Ready", "Ready", "Ready"]);
};

test("Canonical's own client drives the rack as it drives Juju", async () => {
  const venv = await environment();
  await enlist();
  // Its files go where a snap can read them when `juju` is one, which it sees by the path.
  const bin = join(rack.userHome, "snap", "bin");
  mkdirSync(bin, { recursive: true });
  symlinkSync(join(rack.binDir, "juju"), join(bin, "juju"));
  const { stdout } = await run(
    join(venv, "bin/python"),
    [DRIVER, join(bin, "juju"), rack.maasUrl, rack.apiKey],
    { env: { PATH: "/usr/bin:/bin", HOME: rack.userHome }, cwd: rack.userHome },
  );
  expect(JSON.parse(stdout)).toEqual({
    version: "3.6.25-genericlinux-amd64",
    empty: [],
    apps: { monitor: "active", grafana: "active", ntp: "active", vault: "blocked" },
    related: ["monitor"],
    subordinates: ["ntp/0"],
    model: ["work", "iaas", "maas-one"],
    machine: "running",
    base: "ubuntu",
    config: 9095,
    reset: 9090,
    "app-config": false,
    trusted: true,
    "model-config": false,
    constraints: { mem: 1024 },
    exec: ["completed", 0, true],
    "exec-error": ["completed", 3],
    "run-error": ["failed", true],
    "no-unit": true,
    run: "completed",
    "no-charm": [1, true],
    secret: ["s1", 2, { "user-name": "usr2", password: "hunter3" }, "<model>"],
    first: { "user-name": "usr", password: "hunter2" },
    revisions: [1, 2],
    access: ["application-monitor"],
    secrets: ["s1"],
    "secrets-left": [],
    "strange-secrets": [],
    // Juju 3 still says these; the client has no use for them.
    strange: [".model.sla", ".model.sla", ".work.owner", ".work.sla"],
    tiny: ["local:tiny-0", "unknown"],
    greeting: "Good day",
    greet: "completed",
    ssh: "here\n",
    late: 2,
    refreshed: "local:tiny-1",
    cloud: true,
    key: true,
    "key-left": false,
    storage: [["osd-devices/0", "block"]],
    "strange-storage": [".model.sla"],
    offers: ["graphs"],
    remote: { remote: "active" },
    unit: [true, "alive", "0", true],
    "show-model": ["work", "alive", false, "admin"],
    log: true,
    gone: true,
  });
});
