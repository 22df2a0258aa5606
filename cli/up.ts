import { existsSync, lstatSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { setTimeout as pause } from "node:timers/promises";
import { RUN_VARIABLE } from "../config/interrupted";
import { run as runCommand } from "./command";
import { CHECKOUT, DEV, LAB_CACHE, LAB_HOME } from "./folders";
import { claimLab, lab, labUp } from "./lab";
import { end, withEnvironment } from "./processes";
import { Progress } from "./progress";
import { clearOwnLocks } from "./recovery/locks";
import { settlePending } from "./recovery/pending";
import { report } from "./report";
import { RunRecord, type Leftover } from "./runRecord";
import { ensureSite, type Site } from "./site";
import {
  lockFolder,
  outputs,
  pulumi,
  pulumiOnTerminal,
  STACK,
  stackExists,
  stackHasContents,
} from "./stack";
import { unseal } from "./unseal";
import { main, UserError } from "./userError";

const HELP = `npm run up [-- --light]

Brings everything up from nothing, or what of it is missing: tool chain, lab, \`pulumi up\` of stack dev, the report.
Safe to stop at any moment and to start again.

  --light   hypervisors that run no virtual machines: quicker and smaller, the application does not answer
  --help    this text
`;

function needRoot(): void {
  if (process.platform !== "linux")
    throw new UserError(
      `the lab needs Linux (namespaces, overlayfs); this is ${process.platform}. \`npm run preview\` works without it`,
    );
  if (process.getuid?.() !== 0)
    throw new UserError(
      "the lab needs root (namespaces, overlayfs, bridges); run `sudo npm run up`. `npm run preview` works without root",
    );
}

/** One of prepare.sh's parts, its progress shown. */
async function prepare(part: string): Promise<void> {
  const done = await runCommand(["bash", join(CHECKOUT, "cli", "prepare.sh"), part], {
    show: "all",
  });
  if (done.status !== 0)
    throw new UserError(
      `preparing the ${part} failed (exit status ${done.status}); its words are above`,
    );
}

/** The image that the stack uploads, where Pulumi.dev.yaml expects it: a link into the cache, or a stand-in that nothing boots. */
function placeGuestImage(site: Site): void {
  const file = join(DEV, "guest.qcow2");
  const there = lstatSync(file, { throwIfNoEntry: false });
  if (there && there.isSymbolicLink() !== site.light) return;
  rmSync(file, { force: true });
  if (site.light) writeFileSync(file, Buffer.alloc(1 << 20));
  else symlinkSync(join(LAB_CACHE, "guest.qcow2"), file);
}

/** Starts the lab; resolves `bastion` when steps can begin, `cloud` when OpenStack is ready too. */
function startLab(site: Site): { bastion: Promise<void>; cloud: Promise<void> } {
  const ready = join(LAB_HOME, "run", "bastion-ready");
  let ended = false;
  const cloud = labUp(site).finally(() => (ended = true));
  const bastion = (async () => {
    while (!existsSync(ready) && !ended) await pause(200);
    if (ended) await cloud;
  })();
  // Both are awaited later; until then a failure must not be an unhandled rejection.
  cloud.catch(() => undefined);
  bastion.catch(() => undefined);
  return { bastion, cloud };
}

async function settle(
  leftover: Leftover | undefined,
  record: RunRecord,
  progress: Progress,
): Promise<void> {
  if (!stackExists()) return;
  const removed = clearOwnLocks(lockFolder(), leftover?.pulumi ?? []);
  if (removed > 0) progress.say(`removed ${removed} lock(s) of the killed run`);
  await settlePending((line) => progress.say(line));
  if (leftover) record.forgetSettled(leftover);
}

async function ensureStack(): Promise<void> {
  if (stackExists()) return;
  const done = await pulumi(["stack", "init", STACK]);
  if (done.status !== 0)
    throw new UserError(`pulumi stack init ${STACK} failed:\n${done.stderr.trim()}`);
}

async function pulumiUp(): Promise<void> {
  const status = await pulumiOnTerminal([
    "up",
    "--yes",
    "--skip-preview",
    "--suppress-outputs",
    "--stack",
    STACK,
  ]);
  if (status === 0) return;
  const id = process.env[RUN_VARIABLE];
  if (id !== undefined) await end(withEnvironment(RUN_VARIABLE, id));
  throw new UserError(
    `\`pulumi up\` ended with status ${status}; what went wrong is above. What was made stays: mend the cause and run \`npm run up\` again`,
  );
}

async function openDoor(): Promise<void> {
  const { application } = (await outputs()) as { application?: { floatingIp?: string } };
  const address = application?.floatingIp;
  if (address === undefined) return;
  const done = await lab(["door", "app", address]);
  if (done.status !== 0)
    throw new UserError(`the door to the application did not open: ${done.stderr.trim()}`);
}

async function up(): Promise<void> {
  const { values } = parseArgs({
    options: { light: { type: "boolean" }, help: { type: "boolean" } },
  });
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  needRoot();
  const progress = new Progress();
  const say = (line: string) => progress.say(line);
  claimLab();
  const { run: record, leftover } = await RunRecord.begin("up", say);
  const known = stackHasContents();
  const tools = progress.stage("tool chain", "pulumi up", () => prepare("toolchain"));
  const caches = progress.stage("lab caches", "the lab starts", () =>
    prepare(values.light ? "lab-light" : "lab"),
  );
  tools.catch(() => undefined);
  await caches;
  const site = ensureSite(values.light ?? false);
  placeGuestImage(site);
  const { bastion, cloud } = startLab(site);
  await tools;
  if (known) {
    await progress.stage("lab", "what an earlier run left", () => cloud);
    await settle(leftover, record, progress);
    await unseal(say);
  } else {
    await progress.stage("bastion", "pulumi up, while OpenStack starts", () => bastion);
    await settle(leftover, record, progress);
    await ensureStack();
  }
  await progress.stage("pulumi up", "the report", () => pulumiUp());
  await cloud;
  await openDoor();
  await report(site, progress);
  record.end();
}

void main("npm run up", up);
