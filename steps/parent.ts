/** Notices when the run that started this step has ended: pulumi, its plugin, or a shell between them and this process. */
import { processFacts } from "./bastion/processes";

interface Link {
  pid: number;
  parent: number;
  started: string;
}

const INTERVAL_MS = 1000;
const LONGEST_CHAIN = 8;
const SHELL = /^(da|ba|k|z|a)?sh$/;
const ENGINE = /^pulumi/;

/** The processes on which this one depends: its parent, shells above it, and pulumi's own up to the engine. */
export function dependsOn(pid: number, facts = processFacts): Link[] {
  const chain: Link[] = [];
  let next = pid;
  while (next > 1 && chain.length < LONGEST_CHAIN) {
    const found = facts(next);
    if (!found) break;
    chain.push({ pid: next, parent: found.parent, started: found.started });
    next = found.parent;
    const above = facts(next);
    const goesOn = SHELL.test(found.name) || ENGINE.test(found.name);
    if (!goesOn || (ENGINE.test(found.name) && !ENGINE.test(above?.name ?? ""))) break;
  }
  return chain;
}

/** Calls `gone` once when one of those processes has ended or has been left by its own parent. */
export function watchParents(gone: () => void): () => void {
  const parent = process.ppid;
  const chain = dependsOn(parent);
  const last = chain.length - 1;
  const timer = setInterval(() => {
    const whole = chain.every((link, index) => {
      const now = processFacts(link.pid);
      // Above the last link nobody matters: a run in the background may outlive the terminal that started it.
      return now?.started === link.started && (index === last || now.parent === link.parent);
    });
    if (whole && process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, INTERVAL_MS);
  timer.unref();
  return () => clearInterval(timer);
}
