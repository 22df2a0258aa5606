/**
 * A command on the bastion that outlives its connection: a folder with what it is, its pid, its output and, once it has
 * ended, its status. Whoever comes later attaches to it.
 */
import { StepError } from "../errors";
import type { Bastion } from "./bastion";

export type DetachedState =
  | { kind: "absent" }
  | { kind: "running"; id: string }
  | { kind: "ended"; id: string; status: number }
  /** The process is gone without a status: it was killed, or the bastion has been restarted. */
  | { kind: "died"; id: string; restarted: boolean };

// A process is the one that was started if its pid, its start time and the boot of the machine are the same.
const STARTED = `started() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
boot() { cat /proc/sys/kernel/random/boot_id; }
`;

// The process that stays: "$@" is the command.
const KEEPER = `${STARTED}
echo "$$ $(started $$) $(boot)" > pid.new && mv pid.new pid
( cd "$HOME" && exec "$@" ) > out 2> err < /dev/null
echo $? > status.new && sync status.new && mv status.new status
`;

// $1 folder, $2 id, $3 the keeper's program, then the command.
const START = `
umask 077
dir=$1 id=$2 keeper=$3
shift 3
mkdir -p "$dir"
cd "$dir" || exit 73
rm -f status pid out err
printf '%s' "$id" > id
nohup setsid sh -c "$keeper" sh "$@" > /dev/null 2>&1 < /dev/null &
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
  [ -e pid ] && exit 0
  sleep 0.1
done
exit 71
`;

// $1 folder. Prints "absent", or "KIND ID-or-status" lines.
const LOOK = `${STARTED}
cd "$1" 2>/dev/null || { echo absent; exit 0; }
[ -e id ] || { echo absent; exit 0; }
read -r pid start boot < pid 2>/dev/null
if [ -e status ]; then echo "ended $(cat status)"
elif [ "$boot" != "$(boot)" ]; then echo restarted
elif [ -n "$pid" ] && [ "$(started "$pid")" = "$start" ]; then echo running
elif [ -e status ]; then echo "ended $(cat status)"
else echo died
fi
cat id
`;

export class Detached {
  constructor(
    private readonly bastion: Bastion,
    /** Absolute path of the folder on the bastion. */
    readonly folder: string,
  ) {}

  /** What became of the last command started here. */
  async look(): Promise<DetachedState> {
    const { stdout } = await this.bastion.run(["sh", "-c", LOOK, "sh", this.folder], {
      repeatable: true,
    });
    const newline = stdout.indexOf("\n");
    const [kind = "", status = ""] = stdout.slice(0, newline).split(" ");
    const id = stdout.slice(newline + 1);
    switch (kind) {
      case "absent":
        return { kind };
      case "running":
        return { kind, id };
      case "ended":
        return { kind, id, status: Number(status) };
      default:
        return { kind: "died", id, restarted: kind === "restarted" };
    }
  }

  /** Starts `argv`; `id` says later what it was for. Nothing else may run in this folder. */
  async start(id: string, argv: string[]): Promise<void> {
    const result = await this.bastion.run(
      ["sh", "-c", START, "sh", this.folder, id, KEEPER, ...argv],
      {
        allowFailure: true,
        detaches: true,
      },
    );
    if (result.status !== 0) {
      throw new StepError(
        `The bastion could not start a command in ${this.folder} (status ${result.status}). Check its disk and run again.`,
      );
    }
  }

  /** What the command has printed so far, the last 64 KiB of each. */
  async output(): Promise<{ stdout: string; stderr: string }> {
    const tail = (name: string): Promise<string> =>
      this.bastion
        .run(["tail", "-c", "65536", `${this.folder}/${name}`], {
          allowFailure: true,
          repeatable: true,
        })
        .then(({ stdout }) => stdout);
    return { stdout: await tail("out"), stderr: await tail("err") };
  }

  /** Forgets an ended command. */
  async forget(): Promise<void> {
    await this.bastion.run(["rm", "-rf", this.folder], { repeatable: true });
  }
}
