/** What can go wrong between here and a command on the bastion, told apart by what `ssh` says. */
import type { BastionSpec } from "../specs";
import { StepError, TryLaterError } from "../errors";

export const Trouble = {
  unreachable: "unreachable",
  wrongHostKey: "wrongHostKey",
  denied: "denied",
  cut: "cut",
  /** The shared connection is gone or full; the command has not been started. */
  noSession: "noSession",
} as const;
export type Trouble = (typeof Trouble)[keyof typeof Trouble];

const PATTERNS: [Trouble, RegExp][] = [
  [
    Trouble.wrongHostKey,
    /host key verification failed|remote host identification has changed|no .* host key is known/i,
  ],
  [
    Trouble.denied,
    /permission denied|too many authentication failures|error in libcrypto|invalid format|no supported authentication/i,
  ],
  [
    Trouble.unreachable,
    /connection refused|timed out|no route to host|network is unreachable|could not resolve|connection reset|kex_exchange|banner exchange|connection closed by [\d[]/i,
  ],
];

/** Why `ssh` could not connect; `stderr` is what it printed. */
export function connectTrouble(stderr: string): Trouble {
  return PATTERNS.find(([, pattern]) => pattern.test(stderr))?.[0] ?? Trouble.unreachable;
}

/** Why a command over the shared connection ended with ssh's own status 255. */
export function sessionTrouble(stderr: string): Trouble {
  const notStarted =
    /session open refused|session request failed|connection closed by unknown|control socket connect|mux_client_hello|banner exchange.*unknown/i;
  return notStarted.test(stderr) ? Trouble.noSession : Trouble.cut;
}

function lastLine(stderr: string): string {
  return stderr.trim().split("\n").at(-1)?.trim().slice(0, 200) ?? "";
}

/** The sentence for the user. */
export function troubleError(trouble: Trouble, bastion: BastionSpec, stderr: string): StepError {
  const place = `${bastion.user}@${bastion.host}:${bastion.port}`;
  const said = lastLine(stderr);
  switch (trouble) {
    case Trouble.wrongHostKey:
      return new StepError(
        `bastion.hostKey: ${bastion.host}:${bastion.port} showed another host key than the configured one; nothing was sent to it. ` +
          "If the bastion was installed anew, read its key on its console (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub) and configure that one.",
      );
    case Trouble.denied:
      return new StepError(
        `The bastion refused the key for ${place}. ` +
          `Put the public half of bastionPrivateKey into ~${bastion.user}/.ssh/authorized_keys there, or configure the right key.`,
      );
    case Trouble.cut:
      return new TryLaterError(
        `The connection to ${place} was cut while a command ran (${said}). Run again: the step continues where it was.`,
      );
    default:
      return new TryLaterError(
        `The bastion ${place} cannot be reached (${said}). ` +
          "Check that it is up, and bastion.host and bastion.port, then run again.",
      );
  }
}
