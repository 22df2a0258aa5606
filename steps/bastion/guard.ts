/**
 * Ends this process's ssh clients when it ends, however it ends, and removes its private files: the official command plugin kills
 * a step with SIGKILL, and an ssh client would otherwise wait for its remote command for hours.
 */
import { spawn, type ChildProcess } from "node:child_process";

// Reads `+PID`, `-PID` and `=FILE`; when the pipe closes, what is left is ended, and the files are removed.
const PROGRAM = `
trap '' INT TERM HUP
left=" "
files=
while IFS= read -r line; do
  pid=\${line#?}
  case $line in
    +*) left="$left$pid " ;;
    -*) left="\${left%% $pid *} \${left#* $pid }" ;;
    =*) files="$files
\${line#=}" ;;
  esac
done
for pid in $left; do kill "$pid" 2>/dev/null; done
printf '%s\\n' "$files" | while IFS= read -r file; do [ -z "$file" ] || rm -f -- "$file"; done
`;

export class Guard {
  private process: ChildProcess | undefined;
  private readonly children = new Set<ChildProcess>();

  /** From now until it ends, `child` goes when this process goes. */
  watch(child: ChildProcess): void {
    if (child.pid === undefined) return;
    const pid = child.pid;
    this.children.add(child);
    this.tell(`+${pid}`);
    child.once("close", () => {
      this.children.delete(child);
      this.tell(`-${pid}`);
    });
  }

  /** The file, which may not be there yet, goes when this process goes. Nobody else may use its name. */
  removes(file: string): void {
    this.tell(`=${file}`);
  }

  /** Ends all watched children now. */
  endAll(): void {
    for (const child of this.children) child.kill("SIGTERM");
  }

  /** Lets the guard go; watched children that still run are ended. */
  close(): void {
    this.endAll();
    this.process?.stdin?.end();
    this.process = undefined;
  }

  private tell(line: string): void {
    if (this.process === undefined) {
      if (line.startsWith("-")) return;
      // A group of its own: who ends this step's group must not take the guard first.
      this.process = spawn("/bin/sh", ["-c", PROGRAM], {
        stdio: ["pipe", "ignore", "ignore"],
        detached: true,
      });
      this.process.on("error", () => (this.process = undefined));
      this.process.stdin?.on("error", () => undefined);
      this.process.unref();
    }
    this.process.stdin?.write(`${line}\n`);
  }
}
