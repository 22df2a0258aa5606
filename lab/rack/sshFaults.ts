import type { Fault } from "./core/faults";

/** What can be done to an SSH server without touching the connections that it has. */
export interface Door {
  /** No new connection is accepted until `accept` is called. */
  refuse(): Promise<void>;
  accept(): Promise<void>;
  /** The server answers with another host key from now on. */
  changeHostKey(): Promise<unknown>;
  restoreHostKey(): Promise<void>;
}

/** Brings an SSH server to what the armed plan says of it. Its time is real, as the server is. */
export class SshFaults {
  private timer: NodeJS.Timeout | undefined;
  private refusing = false;
  private otherKey = false;

  constructor(private readonly door: Door) {}

  async apply(plan: Fault[]): Promise<void> {
    this.forget();
    const refuses = plan.find(({ fault }) => fault === "sshd-refuses");
    const changes = plan.some(({ fault }) => fault === "host-key-changes");
    if (changes !== this.otherKey) {
      await (changes ? this.door.changeHostKey() : this.door.restoreHostKey());
      this.otherKey = changes;
    }
    if (refuses === undefined) return this.accept();
    if (!this.refusing) await this.door.refuse();
    this.refusing = true;
    const seconds = Number(refuses.with?.seconds ?? 30);
    this.timer = setTimeout(() => void this.accept(), seconds * 1000);
  }

  /** Forgets the time at which it would accept again. */
  forget(): void {
    clearTimeout(this.timer);
  }

  private async accept(): Promise<void> {
    if (!this.refusing) return;
    this.refusing = false;
    await this.door.accept();
  }
}
