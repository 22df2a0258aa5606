import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { RUN_VARIABLE } from "../config/interrupted";
import { run, type Finished, type RunOptions } from "./command";
import { createFile, replaceFile } from "./files";
import { CHECKOUT, LAB_ADDRESS, LAB_CACHE, LAB_HOME } from "./folders";
import type { Site } from "./site";
import { UserError } from "./userError";

const OWNER = join(LAB_HOME, "owner");

/** The lab's processes outlive the command that started them: they must not carry its mark. */
function environment(): NodeJS.ProcessEnv {
  // Forgetting the lab alone would leave a state of the stack that describes a cloud which is gone.
  const own: NodeJS.ProcessEnv = { ...process.env, LAB_HOME, LAB_CACHE, LAB_ADDRESS };
  own["LAB_FORGET"] = "npm run down";
  delete own[RUN_VARIABLE];
  return own;
}

export function lab(args: string[], options: RunOptions = {}): Promise<Finished> {
  return run([join(CHECKOUT, "lab", "lab"), ...args], { ...options, env: environment() });
}

/** The checkout that this machine's dev lab belongs to, if there is a lab. An empty file, as a power cut may leave, names none. */
export function labOwner(): string | undefined {
  const owner = existsSync(OWNER) ? readFileSync(OWNER, "utf8").trim() : "";
  return owner === "" ? undefined : owner;
}

const endLab = `LAB_HOME=${LAB_HOME} lab/lab down --purge && rm ${OWNER}`;

/** What is said of a lab that is left alone because it is another checkout's; undefined when there is none. */
export function foreignLab(owner = labOwner(), isThere = existsSync): string | undefined {
  if (owner === undefined || owner === CHECKOUT) return undefined;
  return isThere(owner)
    ? `the lab on this machine belongs to the checkout ${owner} and is left alone`
    : `the lab on this machine belongs to the checkout ${owner}, which is gone, and is left alone. If that was this one under an earlier path: ${endLab}`;
}

/** One dev lab per machine: a second checkout is refused and told whose it is. */
export function claimLab(): void {
  mkdirSync(LAB_HOME, { recursive: true, mode: 0o755 });
  const claim = `${CHECKOUT}\n`;
  // Whoever makes the file has the lab: two who only looked first could both take it.
  if (createFile(OWNER, claim, 0o644)) return;
  const owner = labOwner();
  if (owner === undefined) replaceFile(OWNER, claim, 0o644);
  else if (owner !== CHECKOUT)
    throw new UserError(
      existsSync(owner)
        ? `the lab on this machine belongs to the checkout ${owner}. Use that one, or end its lab with \`npm run down\` there`
        : `the lab on this machine belongs to the checkout ${owner}, which is gone. ` +
            `End its lab with: ${endLab}`,
    );
}

export function labIsOurs(): boolean {
  return labOwner() === CHECKOUT;
}

export interface Network {
  physnet: string;
  providerCidr: string;
  providerGateway: string;
  bastionAddress: string;
}

/** The kit's LAN, as the lab plays it. */
export const KIT_LAN: Network = {
  physnet: "physnet1",
  providerCidr: "172.16.0.0/20",
  providerGateway: "172.16.0.1",
  bastionAddress: "172.16.0.3",
};

/** The lab's own words for a bastion that steps can use; marks in its folder may be those of a lab that died. */
const BASTION_READY = /bastion ready|nothing to do: the lab is up/;

/** Starts the lab, or what of it is not running. `bastionReady` is called when steps can begin, before OpenStack is there. */
export async function labUp(site: Site, bastionReady: () => void): Promise<void> {
  const settings = {
    adminPassword: site.lab.adminPassword,
    caCertificatePem: site.caCertificatePem,
    caPrivateKeyPem: site.caPrivateKeyPem,
    bastionHostKeyPem: site.lab.bastionHostKeyPem,
    bastionAuthorizedKey: site.lab.bastionAuthorizedKey,
    maasApiKey: site.maasApiKey,
    ...KIT_LAN,
    rackFactor: 200,
  };
  let said = "";
  const done = await lab(["up", ...(site.light ? ["--light"] : [])], {
    stdin: JSON.stringify(settings),
    show: "all",
    onOutput: (text) => {
      said += text;
      if (BASTION_READY.test(said)) bastionReady();
    },
  });
  if (done.status !== 0) throw new UserError(labFailed(done.status, said));
}

/** What is said of a lab that did not start; `said` are its own words, which have been shown. */
export function labFailed(status: number, said: string): string {
  const rack = /format .* was written by another version/.test(said);
  return `the lab did not start (exit status ${status}); its words are above${
    rack
      ? ". Its rack was made by another version of this project, which this one cannot continue: take it down with `npm run down`, then `npm run up`"
      : ""
  }`;
}

/** True when the lab runs and is ready. */
export async function labIsReady(): Promise<boolean> {
  return (await lab(["status"])).status === 0;
}
