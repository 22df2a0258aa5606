import type { JujuState } from "../juju";
import type { MaasState } from "../maas/state";
import type { VaultState } from "../vault";
import type { ClockState } from "./clock";
import type { FaultState } from "./faults";
import type { Random } from "./rng";

/** Versions that the rack plays. `maas`: 3.4, 3.5, 3.6, 3.7 or `next` (VM hosts removed); `juju`: a client version. */
export interface Profile {
  maas: string;
  juju: string;
}

/** What Juju hands out once the bundle has settled and Vault is unsealed: the real cloud behind the rack. */
export interface CloudAccess {
  /** The lab's door, for example 127.0.50.1. */
  address: string;
  adminPassword: string;
  /** False while it still starts: Keystone's unit runs hooks as long. Absent: it answers. */
  ready?: boolean;
}

/** How a rack starts: `kit` has the five servers of the site behind it, `empty` has no hardware. */
export interface Seed {
  name: "kit" | "empty";
  /** Feeds every random value. */
  random: string;
  profile: Profile;
  /** consumer:token:secret of the user `admin`. */
  apiKey: string;
  cloud: CloudAccess | null;
}

/** The state file's format. It rises whenever a state written before cannot be read: such a rack is made anew. */
export const FORMAT = 8;

/** Everything in the state file. */
export interface RackState {
  format: typeof FORMAT;
  seed: Pick<Seed, "name" | "random">;
  profile: Profile;
  clock: ClockState;
  cloud: CloudAccess | null;
  faults: FaultState;
  maas: MaasState;
  juju: JujuState;
  vault: VaultState;
  /** Virtual time of the last call that changed something: no later call sees an earlier time. */
  seen: number;
}

/** The rack as one call sees it: the state, at one moment of virtual time. */
export interface Rack extends RackState {
  /** Virtual milliseconds since 1970. While a domain advances it is the time of the event that is being handled. */
  now: number;
  /** Random values for a key; the same key always gives the same values. */
  rng(key: string): Random;
}

/**
 * A part of the rack that has its own state and moves with time. The store looks for the earliest `nextEvent` of all
 * domains, sets `rack.now` to it and calls every `advance`, until no event lies before the present.
 */
export interface Domain<State> {
  initial(seed: Seed, rng: (key: string) => Random): State;
  /** Virtual time of the next change that needs no command; Infinity if there is none. */
  nextEvent(rack: Rack): number;
  /** Does everything that is due at `rack.now`. */
  advance(rack: Rack): void;
}

/** Streams of a tool's call. `stdin()` reads everything, and is empty where standard input is closed. */
export interface Io {
  /** Bytes go out as they are. */
  out(text: string | Buffer): void;
  err(text: string): void;
  stdin(): string;
  stdoutIsTerminal: boolean;
}

/** An executable of the bastion. Returns its exit status. */
export type Tool = (
  argv: string[],
  io: Io,
  env: NodeJS.ProcessEnv,
  home: string,
) => number | Promise<number>;
