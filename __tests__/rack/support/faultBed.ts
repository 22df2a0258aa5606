/** One fault at a time against one step: a rack whose state is put back between faults, and what a user may expect. */
import * as fs from "node:fs";
import * as path from "node:path";

import type { Fault } from "../../../lab/rack/core/faults";
import type { RackState } from "../../../lab/rack/core/rack";
import { type RackOptions, startRack, type TestRack } from "../../../lab/rack/testing";
import { fastClock } from "./fastClock";
import { disconnect, type Outcome, type Place, step } from "./steps";

/** Virtual seconds of the rack, and seconds of a step's own waiting, per second of the wall. */
const RACK_SPEED = 2000;
export const STEP_SPEED = 20;

/** What a step's `seconds` are on the rack's clock, for `from` and `to` of a plan. */
export const virtual = (seconds: number): number => (seconds / STEP_SPEED) * RACK_SPEED;

export interface Case {
  /** The fault as the list of faults calls it. */
  fault: string;
  plan: Fault[];
  step: string;
  spec: Record<string, unknown>;
  /** `through`: the same run finishes. Else it ends with this exit status, and a sentence that matches. */
  ends: "through" | [code: 1 | 75, sentence: RegExp];
  remove?: boolean;
  /** How the site differs from the others, before the fault. */
  prepare?: () => Promise<unknown>;
  /** What a person does, told by the sentence, before the step is run again. */
  repair?: () => Promise<unknown>;
  /** The plan stays armed without ever counting a strike. */
  silent?: boolean;
  /** How fast this step's own waiting goes. @default {@link STEP_SPEED} */
  speed?: number;
}

/** Long sentences come in several lines. */
const oneLine = (lines: string[]): string => lines.join(" ").replaceAll(/\s+/g, " ");

/** Longer than any step here: one that hangs is to fail by itself. */
export const CASE_MS = 120_000;

export class FaultBed {
  readonly place: Place;
  private kept = "";

  private constructor(
    readonly rack: TestRack,
    secrets: Record<string, unknown>,
  ) {
    this.place = {
      spec: { host: "127.0.0.1", port: rack.sshPort, user: rack.user, hostKey: rack.hostKey },
      secrets: {
        bastionPrivateKey: rack.privateKey,
        maasApiKey: rack.apiKey,
        powerSecrets: {},
        ...secrets,
      },
    };
  }

  static async start(
    secrets: Record<string, unknown> = {},
    options: RackOptions = {},
  ): Promise<FaultBed> {
    return new FaultBed(
      await startRack({ mode: "running", factor: RACK_SPEED, ...options }),
      secrets,
    );
  }

  get access(): { profile: string; url: string } {
    return { profile: "kit", url: this.rack.maasUrl };
  }

  run(name: string, spec: Record<string, unknown>, remove = false, speed = STEP_SPEED) {
    return step(this.place, name, spec, { remove, clock: fastClock(speed) });
  }

  async must(name: string, spec: Record<string, unknown>): Promise<Outcome> {
    const outcome = await this.run(name, spec);
    if (outcome.code !== 0)
      throw new Error(`${name} ended with ${outcome.code}:\n${outcome.lines.join("\n")}`);
    return outcome;
  }

  /** Runs a tool as on the bastion; gives its standard output, which must be JSON where it is read as such. */
  async tool(...argv: string[]): Promise<string> {
    const { rc, stdout, stderr } = await this.rack.exec(argv);
    if (rc !== 0) throw new Error(`${argv.join(" ")}: ${rc} ${stdout}${stderr}`);
    return stdout;
  }

  async state(): Promise<RackState> {
    return JSON.parse(await this.tool("rack", "state", "--json")) as RackState;
  }

  /** Keeps the rack and its user's files as they are now; every {@link meet} begins with them. */
  keep(): void {
    this.kept = fs.mkdtempSync(path.join(path.dirname(this.rack.home), "kept-"));
    fs.cpSync(this.rack.userHome, path.join(this.kept, "home"), { recursive: true });
    fs.cpSync(path.join(this.rack.home, "state.json"), path.join(this.kept, "state.json"));
  }

  private async putBack(): Promise<void> {
    await disconnect(this.place);
    await this.rack.faults([]);
    fs.rmSync(this.rack.userHome, { recursive: true });
    fs.cpSync(path.join(this.kept, "home"), this.rack.userHome, { recursive: true });
    const text = fs.readFileSync(path.join(this.kept, "state.json"), "utf8");
    const state = JSON.parse(text) as RackState;
    // No time has passed for the rack since it was kept.
    if (state.clock.mode === "running") state.clock.wall = Date.now();
    const file = path.join(this.rack.home, "state.json");
    fs.writeFileSync(`${file}.kept`, JSON.stringify(state), { mode: 0o600 });
    fs.renameSync(`${file}.kept`, file);
  }

  /** Runs the step with the fault, looks at how it ends, and where it stopped runs it again without. Gives the last outcome. */
  async meet(each: Case): Promise<Outcome> {
    await this.putBack();
    await each.prepare?.();
    await this.rack.faults(each.plan);
    const first = await this.run(each.step, each.spec, each.remove, each.speed);
    const said = oneLine(first.lines);
    expect({ fault: each.fault, code: first.code, said }).toEqual({
      fault: each.fault,
      code: each.ends === "through" ? 0 : each.ends[0],
      said: each.ends === "through" ? said : (expect.stringMatching(each.ends[1]) as string),
    });
    this.checkWords(first);
    if (each.silent !== true) {
      const { faults } = await this.state();
      expect(faults.plan.map(({ struck }) => struck > 0)).toEqual(each.plan.map(() => true));
    }
    if (each.ends === "through") return first;
    await this.rack.faults([]);
    await each.repair?.();
    const again = await this.run(each.step, each.spec, each.remove);
    expect({ code: again.code, said: again.code === 0 ? "" : again.lines.join(" ") }).toEqual({
      code: 0,
      said: "",
    });
    return again;
  }

  /** A user reads sentences: no stack, no secret, and at the end what to do. */
  private checkWords({ code, lines }: Outcome): void {
    const said = lines.join("\n");
    expect(said).not.toMatch(/^\s+at /m);
    for (const secret of this.secretTexts()) expect(said).not.toContain(secret);
    if (code === 0) return;
    const sentence = lines.slice(lines.findIndex((line) => line.endsWith(": stopped")) + 1);
    expect(oneLine(sentence)).toMatch(/run again|configure|wait/i);
    expect(sentence.at(-1)?.trim()).toMatch(/[.)]$/);
  }

  private secretTexts(): string[] {
    const all: string[] = [];
    const add = (value: unknown): void => {
      if (typeof value === "string")
        all.push(...value.split("\n").filter((line) => line.length > 8 && !line.startsWith("-")));
      else if (typeof value === "object" && value !== null) Object.values(value).forEach(add);
    };
    add(this.place.secrets);
    return all.flatMap((text) => [text, ...text.split(":").filter((part) => part.length > 8)]);
  }

  async stop(): Promise<void> {
    await disconnect(this.place);
    await this.rack.stop();
  }
}
