import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { open } from "./core/store";
import { blankMachine } from "./maas/handlers/machines";
import { applyHardware, newInterface } from "./maas/hardware";
import { type Hardware, Status } from "./maas/state";
import { startRack, type TestRack } from "./testing";

/** Racks of the sizes that the tools' calls are timed at. */

const macOf = (number: number): string =>
  `52:54:00:${[16, 8, 0].map((shift) => ((number >> shift) & 255).toString(16).padStart(2, "0")).join(":")}`;

const bmcOf = (number: number): string => `10.0.${number >> 8}.${number & 255}`;

const serverBehind = (number: number): Hardware => ({
  mac: macOf(number),
  nic: "eth0",
  cores: 8,
  memoryMiB: 32768,
  disks: [240e9, 480e9],
  bmc: bmcOf(number),
  vendor: "Intel(R) Client Systems",
  product: "NUC11TNKv5",
});

/** Puts machines into a region's state as commissioning leaves them: Ready, with disks and a linked interface. */
const addReadyMachines = (home: string, count: number): void =>
  open(home, (rack) => {
    for (let number = 1; number <= count; number++) {
      const machine = blankMachine(rack, {
        hostname: `node${number}`,
        status: Status.Ready,
        commissioned: true,
        powerType: "ipmi",
        powerParameters: { power_address: bmcOf(number) },
        powerState: "off",
      });
      const vlan = rack.maas.vlans[0]?.id ?? null;
      rack.maas.hardware.push(serverBehind(number));
      machine.interfaces = [newInterface(rack, { mac: macOf(number), vlan })];
      applyHardware(rack, machine);
      rack.maas.machines.push(machine);
    }
  });

/** Serves DHCP on the seed's network, so that machines can be deployed. */
const turnDhcpOn = (home: string): void =>
  open(home, ({ maas }) => {
    for (const vlan of maas.vlans) {
      vlan.dhcpOn = true;
      vlan.primaryRack = maas.rackControllers[0]?.systemId ?? null;
    }
  });

const MACHINES = 5;
const APPLICATIONS = 40;

/** 40 applications of five units each, in containers on five machines. */
const largeBundle = (): string => {
  const charms = ["rabbitmq-server", "keystone", "glance", "placement", "prometheus2"];
  const machines = Object.fromEntries(Array.from({ length: MACHINES }, (_, id) => [id, {}]));
  const to = Object.keys(machines).map((id) => `lxd:${id}`);
  const applications = Array.from({ length: APPLICATIONS }, (_, number) => [
    `app${number}`,
    { charm: charms[number % charms.length], num_units: to.length, to },
  ]);
  // JSON is YAML.
  return JSON.stringify({
    "default-base": "ubuntu@22.04/stable",
    machines,
    applications: Object.fromEntries<unknown>(applications as [string, unknown][]),
  });
};

const must = async (rack: TestRack, argv: string[], stdin?: string): Promise<void> => {
  const { rc, stdout, stderr } = await rack.exec(argv, stdin);
  if (rc !== 0) throw new Error(`${argv.slice(0, 3).join(" ")}: ${stdout}${stderr}`);
};

/** A rack with so many Ready machines and the profile `lab` of its administrator. `stop` it. */
export const rackOfMachines = async (count: number): Promise<TestRack> => {
  const rack = await startRack({ seed: "empty", sshd: false });
  addReadyMachines(rack.home, count);
  await must(rack, ["maas", "login", "lab", rack.maasUrl, "-"], rack.apiKey);
  return rack;
};

/** A rack with a controller `mc` whose model `os` has 40 applications and 200 units. `stop` it. */
export const rackOfUnits = async (): Promise<TestRack> => {
  const rack = await startRack({ seed: "kit", sshd: false });
  try {
    addReadyMachines(rack.home, MACHINES + 1);
    turnDhcpOn(rack.home);
    const cloud = {
      clouds: { site: { type: "maas", "auth-types": ["oauth1"], endpoint: rack.maasUrl } },
    };
    const key = { "auth-type": "oauth1", "maas-oauth": rack.apiKey };
    const files = { cloud, credential: { credentials: { site: { admin: key } } } };
    for (const [name, content] of Object.entries(files))
      writeFileSync(join(rack.userHome, `${name}.yaml`), JSON.stringify(content), { mode: 0o600 });
    writeFileSync(join(rack.userHome, "bundle.yaml"), largeBundle());
    await must(rack, ["juju", "add-cloud", "site", "./cloud.yaml", "--client"]);
    await must(rack, ["juju", "add-credential", "site", "-f", "./credential.yaml", "--client"]);
    await must(rack, ["juju", "bootstrap", "site", "mc"]);
    await must(rack, ["juju", "add-model", "os"]);
    await must(rack, ["juju", "deploy", "./bundle.yaml"]);
    await rack.advance(7200);
    return rack;
  } catch (error) {
    await rack.stop();
    throw error;
  }
};
