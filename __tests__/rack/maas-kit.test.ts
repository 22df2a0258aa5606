import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startRack, type TestRack } from "../../lab/rack/testing";

interface Machine {
  system_id: string;
  status_name: string;
  owner: string | null;
  memory: number;
  blockdevice_set: unknown[];
  ip_addresses: string[];
  interface_set: { id: number; name: string; links: { mode: string }[]; params: unknown }[];
}

let rack: TestRack;

beforeEach(async () => {
  rack = await startRack({ sshd: false });
  await rack.exec(["maas", "login", "admin", rack.maasUrl, "-"], rack.apiKey);
}, 30_000);

afterEach(() => rack.stop());

const maas = async <T = unknown>(...words: string[]): Promise<T> => {
  const { rc, stdout, stderr } = await rack.exec(["maas", "admin", ...words]);
  if (rc !== 0) throw new Error(`${words.join(" ")}: ${stdout}${stderr.slice(-200)}`);
  return (stdout === "" ? undefined : JSON.parse(stdout)) as T;
};

const turnDhcpOn = async (): Promise<void> => {
  await maas("ipranges", "create", "type=dynamic", "start_ip=172.16.11.1", "end_ip=172.16.14.255");
  const [controller] = await maas<{ system_id: string }[]>("rack-controllers", "read");
  await maas(
    "vlan",
    "update",
    "0",
    "0",
    "dhcp_on=true",
    `primary_rack=${controller?.system_id ?? ""}`,
  );
};

const enlist = (number: number, bmc = `172.16.15.${number}`): Promise<Machine> =>
  maas<Machine>(
    ...["machines", "create", "architecture=amd64/generic", `hostname=server${number}`],
    ...[`mac_addresses=52:54:00:16:00:0${number}`, "power_type=amt"],
    ...[`power_parameters_power_address=${bmc}`, "power_parameters_power_pass=s"],
  );

const read = (id: string): Promise<Machine> => maas<Machine>("machine", "read", id);

test("a server goes from unknown to deployed on its OVS bridge and back to Ready", async () => {
  await turnDhcpOn();
  const { system_id: id } = await enlist(3);
  expect((await read(id)).status_name).toBe("Commissioning");
  await rack.advance(600);
  const ready = await read(id);
  expect(ready).toMatchObject({ status_name: "Ready", memory: 32768, owner: null });
  expect(ready.blockdevice_set).toHaveLength(2);
  const parent = ready.interface_set[0];
  const bridge = await maas<{ id: number; params: unknown }>(
    ...[
      "interfaces",
      "create-bridge",
      id,
      "name=br-ex",
      `parent=${parent?.id ?? 0}`,
      "bridge_type=ovs",
    ],
  );
  expect(bridge.params).toMatchObject({ bridge_type: "ovs" });
  await maas(
    "interface",
    "link-subnet",
    id,
    String(bridge.id),
    "mode=AUTO",
    "subnet=172.16.0.0/20",
  );
  await maas("machine", "deploy", id, "distro_series=jammy");
  await rack.advance(900);
  const deployed = await read(id);
  expect(deployed.status_name).toBe("Deployed");
  expect(deployed.ip_addresses).toEqual(["172.16.0.2"]);
  expect(deployed.interface_set.map(({ links }) => links.map(({ mode }) => mode))).toEqual([
    [],
    ["auto"],
  ]);
  await maas("machine", "release", id);
  expect((await read(id)).status_name).toBe("Releasing");
  await rack.advance(200);
  expect(await read(id)).toMatchObject({ status_name: "Ready", owner: null });
}, 30_000);

test("without DHCP a machine cannot boot, and commissioning times out", async () => {
  const { system_id: id } = await enlist(1);
  await rack.advance(1700);
  expect((await read(id)).status_name).toBe("Commissioning");
  await rack.advance(200);
  expect((await read(id)).status_name).toBe("Failed commissioning");
});

test("a wrong BMC address fails commissioning at once", async () => {
  await turnDhcpOn();
  const { system_id: id } = await enlist(1, "172.16.15.9");
  await rack.advance(60);
  expect((await read(id)).status_name).toBe("Failed commissioning");
});

test("a region killed at any moment has lost nothing, and a cut request is a connection error", async () => {
  await turnDhcpOn();
  const { system_id: id } = await enlist(2);
  await rack.restartRegion("SIGKILL");
  expect((await read(id)).status_name).toBe("Commissioning");
  await rack.faults([{ fault: "region-cuts", match: "GET .*/machines/" }]);
  const cut = await rack.exec(["maas", "admin", "machines", "read"]);
  expect(cut).toMatchObject({ rc: 2, stdout: "" });
  expect(cut.stderr).toMatch(/Connection reset by peer\n$/);
  expect((await rack.exec(["maas", "admin", "machines", "read"])).rc).toBe(0);
});

test.each([
  ["region-unavailable", ["machines", "read"], 2, "The MAAS region is too busy to answer."],
  ["key-expired", ["machines", "read"], 2, "Authorization Error: Invalid API key."],
  ["allocate-conflict", ["machines", "allocate"], 2, "No machine available."],
])("fault %s strikes once", async (fault, words, rc, stdout) => {
  await rack.faults([{ fault }]);
  expect(await rack.exec(["maas", "admin", ...words])).toMatchObject({ rc, stdout });
  expect((await rack.exec(["maas", "admin", "version", "read"])).rc).toBe(0);
});

test.each([
  ["commissioning-fails", "commission", "Failed commissioning"],
  ["deployment-fails", "deploy", "Failed deployment"],
  ["deployment-hangs", "deploy", "Failed deployment"],
  ["releasing-fails", "release", "Releasing failed"],
  ["erasing-hangs", "erase", "Disk erasing"],
])(
  "fault %s on one machine ends in %s → %s",
  async (fault, step, status) => {
    await turnDhcpOn();
    const { system_id: id } = await enlist(3);
    await rack.advance(600);
    await rack.faults([{ fault, match: "^server3$" }]);
    if (step === "commission") await maas("machine", "commission", id);
    else await maas("machine", "deploy", id);
    await rack.advance(2000);
    if (step === "release") await maas("machine", "release", id);
    if (step === "erase") await maas("machine", "release", id, "erase=true");
    await rack.advance(2000);
    expect((await read(id)).status_name).toBe(status);
  },
  20_000,
);

test("faults of whole calls: truncated, killed, refused, disk full", async () => {
  const whole = (await rack.exec(["maas", "admin", "version", "read"])).stdout;
  await rack.faults([
    { fault: "output-truncated", match: "^maas" },
    { fault: "disk-full", match: "^maas", skip: 1 },
    { fault: "connection-refused", match: "^maas", skip: 2 },
    { fault: "call-killed", match: "^maas", skip: 3 },
  ]);
  const call = () => rack.exec(["maas", "admin", "version", "read"]);
  expect(whole.startsWith((await call()).stdout)).toBe(true);
  expect((await call()).stderr).toContain("No space left on device");
  expect((await call()).stderr).toMatch(/Connection refused\n$/);
  expect((await call()).rc).toBe(128);
  expect((await call()).stdout).toBe(whole);
});

test("over a real SSH server the tools are on the PATH; a cut ends the connection alone", async () => {
  const remote = await startRack();
  const key = join(remote.userHome, "key");
  writeFileSync(key, remote.privateKey, { mode: 0o600 });
  const ssh = (command: string): Promise<number> =>
    new Promise((resolve) => {
      const options = [
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
        "LogLevel=ERROR",
      ];
      const words = options.flatMap((option) => ["-o", option]);
      const target = `${remote.user}@127.0.0.1`;
      const all = [
        "-F",
        "none",
        ...words,
        "-i",
        key,
        "-p",
        String(remote.sshPort),
        target,
        command,
      ];
      execFile("ssh", all, (error) => resolve(error === null ? 0 : Number(error.code)));
    });
  expect(await ssh("rack state")).toBe(0);
  await remote.faults([{ fault: "ssh-cut", match: "^maas list" }]);
  expect(await ssh("maas list")).toBe(255);
  expect(await ssh("maas list")).toBe(0);
  await remote.bastion?.refuse();
  expect(await ssh("true")).toBe(255);
  await remote.bastion?.accept();
  expect(await ssh("true")).toBe(0);
  expect(await remote.bastion?.changeHostKey()).not.toBe(remote.hostKey);
  await remote.stop();
}, 30_000);
