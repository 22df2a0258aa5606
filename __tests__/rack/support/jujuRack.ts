import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drivenClock, type ClockState } from "../../../lab/rack/core/clock";
import { loadFaults, type Fault } from "../../../lab/rack/core/faults";
import type { CloudAccess, Io, Rack, Tool } from "../../../lab/rack/core/rack";
import { open, pause, reset } from "../../../lab/rack/core/store";
import { run as juju } from "../../../lab/rack/juju";
import { blankMachine } from "../../../lab/rack/maas/handlers/machines";
import { Status, type BlockDevice, type Machine } from "../../../lab/rack/maas/state";
import { run as vault } from "../../../lab/rack/vault";

export interface Answer {
  rc: number;
  stdout: string;
  stderr: string;
}

export const API_KEY = "cccc:tttt:ssss";

/** A Ready machine as commissioning leaves it. */
const machine = (rack: Rack, number: number, tags: string[], disks: number): Machine =>
  blankMachine(rack, {
    systemId: `sys00${number}`,
    hostname: `server${number}`,
    status: Status.Ready,
    previousStatus: Status.Commissioning,
    tags,
    powerType: "amt",
    powerParameters: { power_address: `172.16.15.${number}` },
    powerState: "off",
    cpuCount: 4,
    memory: 32768,
    commissioned: true,
    bootDisk: number * 10,
    bootInterface: number * 10,
    interfaces: [
      {
        id: number * 10,
        name: "eth0",
        type: "physical",
        mac: `52:54:00:16:00:0${number}`,
        vlan: null,
        enabled: true,
        tags: [],
        parents: [],
        links: [{ id: number * 10, mode: "auto", subnet: null, address: null }],
        params: {},
        discovered: null,
      },
    ],
    blockDevices: Array.from({ length: disks }, (_none, index) => disk(number, index)),
  });

const disk = (number: number, index: number): BlockDevice => ({
  id: number * 10 + index,
  name: `sd${"abc"[index] ?? "z"}`,
  model: "",
  serial: "",
  idPath: "",
  size: 120e9,
  blockSize: 512,
  tags: [],
  partitions:
    index === 0
      ? [
          {
            id: number,
            uuid: "",
            size: 120e9,
            bootable: true,
            filesystem: { fstype: "ext4", label: "root", uuid: "", mountPoint: "/" },
          },
        ]
      : [],
  filesystem: null,
});

/** A rack with five Ready machines, whose tools run in this process on a driven clock. */
export class JujuRack {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;

  constructor(
    cloud: CloudAccess | null = { address: "127.0.50.1", adminPassword: "swordfish" },
    version = "3.6.25",
    random = "test",
    clock: ClockState = drivenClock(),
  ) {
    this.home = mkdtempSync(join(tmpdir(), "juju-rack-"));
    this.env = { HOME: this.home, JUJU_DATA: join(this.home, "juju"), PWD: this.home };
    const profile = { maas: "3.5", juju: version };
    const seed = { name: "kit" as const, random, profile, apiKey: API_KEY, cloud };
    reset(this.home, seed, clock, true);
    this.change((rack) => this.fill(rack));
  }

  private fill(rack: Rack): void {
    const subnet = rack.maas.subnets[0];
    const vlan = rack.maas.vlans.find((each) => each.id === subnet?.vlan);
    if (subnet === undefined || vlan === undefined) throw new Error("the seed has no subnet");
    vlan.dhcpOn = true;
    rack.maas.ranges.push({
      id: 900,
      type: "dynamic",
      start: "172.16.11.1",
      end: "172.16.14.255",
      subnet: subnet.id,
      comment: "",
      user: null,
    });
    for (const tag of ["controller", "reserve", "compute"]) {
      if (!rack.maas.tags.some((each) => each.name === tag))
        rack.maas.tags.push({ name: tag, definition: "", comment: "", kernel_opts: "" });
    }
    for (const number of [1, 2, 3, 4, 5]) {
      const role = number === 1 ? "controller" : number === 2 ? "reserve" : "compute";
      const made = machine(rack, number, [role], number === 1 ? 1 : 2);
      for (const nic of made.interfaces) {
        nic.vlan = vlan.id;
        for (const link of nic.links) link.subnet = subnet.id;
      }
      rack.maas.machines.push(made);
    }
  }

  change<T>(fn: (rack: Rack) => T): T {
    return open(this.home, fn, { costsTime: false });
  }

  faults(plan: Fault[]): void {
    this.change((rack) => loadFaults(rack, plan));
  }

  async advance(seconds: number): Promise<void> {
    await pause(this.home, seconds);
  }

  file(name: string, text: string): string {
    writeFileSync(join(this.home, name), text, { mode: 0o600 });
    return `./${name}`;
  }

  private async tool(tool: Tool, argv: string[], stdin: string, env: object): Promise<Answer> {
    const answer: Answer = { rc: 0, stdout: "", stderr: "" };
    const io: Io = {
      out: (text) => void (answer.stdout += text.toString()),
      err: (text) => void (answer.stderr += text),
      stdin: () => stdin,
      stdoutIsTerminal: false,
    };
    answer.rc = await tool(argv, io, { ...this.env, ...env }, this.home);
    return answer;
  }

  /** `juju` with a command line that has no spaces inside its words, or with the words. */
  juju(line: string | string[], stdin = ""): Promise<Answer> {
    return this.tool(juju, typeof line === "string" ? line.split(" ") : line, stdin, {});
  }

  vault(line: string, env: object, stdin = ""): Promise<Answer> {
    return this.tool(vault, line.split(" "), stdin, env);
  }

  /** Must succeed; gives what it printed as JSON. */
  async json<T>(line: string): Promise<T> {
    const { rc, stdout, stderr } = await this.juju(`${line} --format json`);
    if (rc !== 0) throw new Error(`juju ${line}: ${rc} ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  /** Cloud, credential, controller `mc` and model `os`. */
  async bootstrap(): Promise<void> {
    const cloud =
      "clouds: {maas-one: {type: maas, auth-types: [oauth1], endpoint: 'http://172.16.0.3:5240/MAAS'}}";
    const credential = `credentials: {maas-one: {admin: {auth-type: oauth1, maas-oauth: '${API_KEY}'}}}`;
    const lines = [
      `update-cloud maas-one -f ${this.file("cloud.yaml", cloud)} --client`,
      `add-credential maas-one -f ${this.file("credential.yaml", credential)} --client`,
      "bootstrap maas-one mc --no-switch --bootstrap-constraints tags=controller",
      "add-model os -c mc --no-switch",
    ];
    for (const line of lines) {
      const answer = await this.juju(line);
      if (answer.rc !== 0) throw new Error(`juju ${line}: ${answer.stderr}`);
    }
  }

  stop(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
