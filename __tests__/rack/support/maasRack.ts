import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { drivenClock, moveClock } from "../../../lab/rack/core/clock";
import { checkPlan } from "../../../lab/rack/core/faultNames";
import { loadFaults } from "../../../lab/rack/core/faults";
import type { Io, Rack } from "../../../lab/rack/core/rack";
import { open, reset } from "../../../lab/rack/core/store";
import { run } from "../../../lab/rack/maas/client";
import { portOf, startRegion } from "../../../lab/rack/maas/region";

export interface Answer {
  rc: number;
  stdout: string;
  stderr: string;
}

export interface Machine {
  system_id: string;
  hostname: string;
  status_name: string;
  status_message: string;
  owner: string | null;
  power_state: string;
  memory: number;
  tag_names: string[];
  ip_addresses: string[];
  blockdevice_set: unknown[];
  interface_set: { id: number; name: string; links: { id: number; mode: string }[] }[];
}

export const API_KEY = "cccc:tttt:ssss";

/** A region on loopback and the `maas` command in this process, on a driven clock. Profile `admin` is logged in. */
export class MaasRack {
  private constructor(
    readonly home: string,
    private readonly server: Server,
  ) {}

  static async start(maas = "3.5", seed: "kit" | "empty" = "kit"): Promise<MaasRack> {
    const home = mkdtempSync(join(tmpdir(), "maas-rack-"));
    const profile = { maas, juju: "3.6.25" };
    reset(
      home,
      { name: seed, random: "test", profile, apiKey: API_KEY, cloud: null },
      drivenClock(),
      true,
    );
    const rack = new MaasRack(home, await startRegion(home, "127.0.0.1", 0));
    await rack.login("admin", API_KEY);
    return rack;
  }

  get url(): string {
    return `http://127.0.0.1:${portOf(this.server)}/MAAS`;
  }

  async login(profile: string, key: string): Promise<void> {
    const { rc, stderr } = await this.call(["login", profile, this.url, "-"], { stdin: key });
    if (rc !== 0) throw new Error(stderr);
  }

  /** The `maas` command with these words. */
  async call(
    argv: string[],
    more: { stdin?: string; terminal?: boolean; env?: Record<string, string> } = {},
  ): Promise<Answer> {
    const answer: Answer = { rc: 0, stdout: "", stderr: "" };
    const io: Io = {
      out: (text) => void (answer.stdout += text.toString()),
      err: (text) => void (answer.stderr += text),
      stdin: () => more.stdin ?? "",
      stdoutIsTerminal: more.terminal === true,
    };
    answer.rc = await run(argv, io, { HOME: this.home, ...more.env }, this.home);
    return answer;
  }

  /** `maas admin …`, or as another profile. */
  maas(line: string | string[], profile = "admin"): Promise<Answer> {
    return this.call([profile, ...(typeof line === "string" ? line.split(" ") : line)]);
  }

  /** Must succeed; gives what it printed as JSON. */
  async json<T = unknown>(line: string | string[], profile = "admin"): Promise<T> {
    const { rc, stdout, stderr } = await this.maas(line, profile);
    if (rc !== 0) throw new Error(`maas ${String(line)}: ${stdout}${stderr.slice(-200)}`);
    return JSON.parse(stdout) as T;
  }

  change<T>(fn: (rack: Rack) => T): T {
    return open(this.home, fn, { costsTime: false });
  }

  advance(seconds: number): void {
    this.change((rack) => moveClock(rack.clock, seconds));
  }

  faults(plan: unknown): void {
    this.change((rack) => loadFaults(rack, checkPlan(plan)));
  }

  /** A user with a key of its own, logged in as a profile of its name. */
  async addUser(name: string): Promise<void> {
    await this.json(
      `users create username=${name} password=p email=${name}@example.com is_superuser=0`,
    );
    const key = `c${name}:t${name}:s${name}`;
    this.change(({ maas }) => {
      const [consumer = "", token = "", secret = ""] = key.split(":");
      const user = maas.users.find((each) => each.username === name);
      user?.keys.push({ name: "first", consumer, token, secret });
    });
    await this.login(name, key);
  }

  /** A dynamic range and DHCP on the kit's network, so that machines can boot. */
  async turnDhcpOn(): Promise<void> {
    await this.json("ipranges create type=dynamic start_ip=172.16.11.1 end_ip=172.16.14.255");
    const [rack] = await this.json<{ system_id: string }[]>("rack-controllers read");
    await this.json(`vlan update 0 0 dhcp_on=true primary_rack=${rack?.system_id ?? ""}`);
  }

  /** Server `number` of the kit, made known to MAAS; it commissions. */
  enlist(number: number, more = ""): Promise<Machine> {
    const words = [
      "machines create architecture=amd64/generic",
      `hostname=server${number} mac_addresses=52:54:00:16:00:0${number} power_type=amt`,
      `power_parameters_power_address=172.16.15.${number} power_parameters_power_pass=s`,
    ];
    return this.json<Machine>(`${words.join(" ")}${more}`);
  }

  /** Server `number` of the kit, Ready. */
  async ready(number: number): Promise<string> {
    const { system_id: id } = await this.enlist(number);
    this.advance(600);
    return id;
  }

  read(id: string): Promise<Machine> {
    return this.json<Machine>(`machine read ${id}`);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    rmSync(this.home, { recursive: true, force: true });
  }
}
