import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { RUN_VARIABLE } from "../config/interrupted";
import { alone } from "./alone";
import { readJson, replaceFile } from "./files";
import { CHECKOUT, RUN, makeOwnFolders } from "./folders";
import {
  endWithEnvironment,
  identify,
  isAlive,
  withEnvironment,
  type ProcessId,
} from "./processes";
import { UserError } from "./userError";

interface Recorded {
  id: string;
  command: string;
  main: ProcessId;
  /** Every `pulumi` that the run started, and that an earlier one left: the owners of the locks that they may have left. */
  pulumi: ProcessId[];
  began: string;
}

const FILE = join(RUN, "current.json");
/** Held while a run looks whether there is another one and puts itself in its place. */
const LOCK = join(RUN, "lock");

function read(): Recorded | undefined {
  return readJson<Recorded>(
    FILE,
    "It says what an earlier run had started. Make sure that no `npm run up` or `npm run down` of this checkout is at work, " +
      `remove it (rm ${FILE}), then run this command again`,
  );
}

function write(record: Recorded): void {
  replaceFile(FILE, JSON.stringify(record));
}

/** What an earlier run that did not end by itself left behind. */
export interface Leftover {
  command: string;
  began: string;
  pulumi: ProcessId[];
}

/** Every process of a run inherits {@link RUN_VARIABLE}, so that what a killed run left behind is found again. */
export class RunRecord {
  private constructor(private readonly record: Recorded) {}

  /**
   * Begins a run of this checkout. Refuses while another one is at work; ends what a killed one left running and returns it,
   * so that its lock and its pending creates can be settled.
   */
  static begin(
    command: string,
    say: (line: string) => void,
  ): Promise<{ run: RunRecord; leftover: Leftover | undefined }> {
    makeOwnFolders();
    return alone(LOCK, () => RunRecord.take(command, say));
  }

  private static async take(
    command: string,
    say: (line: string) => void,
  ): ReturnType<typeof RunRecord.begin> {
    const earlier = read();
    if (earlier && isAlive(earlier.main))
      throw new UserError(
        `\`npm run ${earlier.command}\` of this checkout (${CHECKOUT}) is at work since ${earlier.began}, process ${earlier.main.pid}. ` +
          `Wait until it has ended, or end it with: kill -INT ${earlier.main.pid}`,
        75,
      );
    if (earlier) {
      const left = withEnvironment(RUN_VARIABLE, earlier.id);
      if (left.length > 0)
        say(
          `ending ${left.length} processes of the killed \`npm run ${earlier.command}\` of ${earlier.began}`,
        );
      // A `pulumi` whose pid the killed run had not yet written down is among them.
      earlier.pulumi.push(...(await endWithEnvironment(RUN_VARIABLE, earlier.id)));
    }
    const own = identify(process.pid);
    if (!own) throw new Error("this process has no entry in /proc");
    const record: Recorded = {
      id: randomUUID(),
      command,
      main: own,
      pulumi: earlier?.pulumi ?? [], // kept until their locks have been looked at
      began: new Date().toISOString(),
    };
    write(record);
    process.env[RUN_VARIABLE] = record.id;
    current = new RunRecord(record);
    return {
      run: current,
      leftover: earlier && {
        command: earlier.command,
        began: earlier.began,
        pulumi: earlier.pulumi,
      },
    };
  }

  /** What this run has started so far, and what has been left by earlier ones. */
  get pulumi(): ProcessId[] {
    return this.record.pulumi;
  }

  /** Remembers a `pulumi` before it can take a lock. */
  addPulumi(pid: number): void {
    const id = identify(pid);
    if (!id) return;
    this.record.pulumi.push(id);
    write(this.record);
  }

  /** The leftovers have been settled: their processes are of no more use. */
  forgetSettled(leftover: Leftover): void {
    const settled = new Set(leftover.pulumi.map((p) => `${p.pid}:${p.startTime}`));
    this.record.pulumi = this.record.pulumi.filter((p) => !settled.has(`${p.pid}:${p.startTime}`));
    write(this.record);
  }

  /** Ends what this run started and does not wait for. */
  async endChildren(): Promise<void> {
    await endWithEnvironment(RUN_VARIABLE, this.record.id);
  }

  end(): void {
    current = undefined;
    rmSync(FILE, { force: true });
  }
}

let current: RunRecord | undefined;

/** Called with each `pulumi` that is started; commands that are no run of their own record nothing. */
export function recordPulumi(pid: number): void {
  current?.addPulumi(pid);
}
