import { lstatSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { run as runCommand } from "./command";
import { CHECKOUT, DEV, LAB_CACHE } from "./folders";
import { claimLab, lab, labUp } from "./lab";
import { options } from "./options";
import { Progress } from "./progress";
import { replaceFailed } from "./recovery/failed";
import { clearOwnLocks } from "./recovery/locks";
import { settlePending } from "./recovery/pending";
import { report } from "./report";
import { RunRecord, type Leftover } from "./runRecord";
import { ensureSite, type Site } from "./site";
import {
  ensureStack,
  lockFolder,
  outputs,
  pulumi,
  pulumiOnTerminal,
  STACK,
  stackExists,
  stackHasContents,
} from "./stack";
import { cachesAreFilled, isUnchanged, lastChanges, rememberTime } from "./times";
import { checkStackFile } from "./stackFile";
import { main, UserError } from "./userError";
import { unseal } from "./vault";

const STOPPING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

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
  let ready: () => void = () => undefined;
  const heard = new Promise<void>((resolve) => (ready = resolve));
  const cloud = labUp(site, () => ready());
  const bastion = Promise.race([heard, cloud]);
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
  await replaceFailed((line) => progress.say(line));
  if (leftover) record.forgetSettled(leftover);
}

/** What only the program and its plugins can refuse, before the lab is started or anything is made. */
async function checkConfiguration(): Promise<void> {
  await ensureStack();
  const done = await pulumi(["preview", "--stack", STACK]);
  if (done.status !== 0)
    throw new UserError(
      `the preview of stack ${STACK} failed, so nothing was started:\n${done.stdout.trim()}\n${done.stderr.trim()}`.trim(),
    );
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
  const given = options({ light: { type: "boolean" } }, HELP);
  if (!given) return;
  needRoot();
  checkStackFile(CHECKOUT, STACK);
  const progress = new Progress();
  claimLab();
  const { run: record, leftover } = await RunRecord.begin("up", (line) => progress.say(line));
  try {
    await bringUp(given.values.light ?? false, record, leftover, progress);
  } catch (error) {
    await record.endChildren();
    throw error;
  }
  record.end();
}

async function bringUp(
  light: boolean,
  record: RunRecord,
  leftover: Leftover | undefined,
  progress: Progress,
): Promise<void> {
  const say = (line: string) => progress.say(line);
  const known = stackHasContents();
  const cached = cachesAreFilled(light);
  const site = ensureSite(light);
  placeGuestImage(site);
  const cloud = await stoppable(record, async () => {
    await prepareAll(light, progress);
    const started = startLab(site);
    await progress.stage("bastion", "what an earlier run left", () =>
      known ? started.cloud : started.bastion,
    );
    await settle(leftover, record, progress);
    if (known) await unseal(say);
    return () => started.cloud;
  });
  try {
    await progress.stage("pulumi up", "the report", () => pulumiUp());
  } catch (error) {
    await cloud().catch(say); // its words come before what is to be done
    throw error;
  }
  const changes = await stoppable(record, async () => {
    await cloud();
    await openDoor();
    const made = lastChanges();
    await report(site, made, progress);
    return made;
  });
  if (!known) rememberTime(cached ? "cached" : "bare", progress.seconds(), light);
  else if (isUnchanged(changes)) rememberTime("unchanged", progress.seconds(), light);
}

/** Tool chain and lab's caches, side by side. */
async function prepareAll(light: boolean, progress: Progress): Promise<void> {
  const checked = progress
    .stage("tool chain", "the configuration is checked", () => prepare("toolchain"))
    .then(() => progress.stage("configuration", "pulumi up", checkConfiguration));
  const caches = progress.stage("lab caches", "the lab starts", () =>
    prepare(light ? "lab-light" : "lab"),
  );
  await Promise.all([checked, caches]);
}

/**
 * While `work` goes on, a signal ends all that this run has started, wherever it is, and then this run; the next one continues.
 * The stage of `pulumi up` is not such a time: there a signal lets pulumi end by itself.
 */
async function stoppable<T>(record: RunRecord, work: () => Promise<T>): Promise<T> {
  const ending: { promise?: Promise<never> } = {};
  const stop = (signal: NodeJS.Signals): void => {
    ending.promise ??= (async () => {
      process.stderr.write(`npm run up: stopped by ${signal}. \`npm run up\` goes on from here\n`);
      await record.endChildren();
      process.exit(128 + constants.signals[signal]);
    })();
  };
  for (const signal of STOPPING) process.on(signal, stop);
  try {
    return await work();
  } finally {
    // What was ended fails, and that is no news.
    await ending.promise;
    for (const signal of STOPPING) process.off(signal, stop);
  }
}

void main("npm run up", up);
