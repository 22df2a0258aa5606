/** What `juju storage --format json` prints, as far as tests look at it. */

export interface Instance {
  life: string;
  status: { current: string };
  attachments?: { units: Record<string, { machine: string; location?: string; life: string }> };
}

export interface Backing {
  "provider-id"?: string;
  storage?: string;
  pool?: string;
  size: number;
  life: string;
  status: { current: string };
  attachments?: { machines?: Record<string, unknown> };
}

export interface Shown {
  storage?: Record<string, Instance>;
  filesystems?: Record<string, Backing>;
  volumes?: Record<string, Backing>;
}
