/** Shapes shared by the specs of several steps. Unknown members are refused: they are misspelled ones. */
import { z } from "zod";

import { BadSpecError } from "./errors";
import type {
  AllowedStatus,
  BastionSecrets,
  BastionSpec,
  MaasAccessSpec,
  MaasSecrets,
  PatienceSpec,
} from "./specs";

const text = z.string().min(1);

export const bastionSpec: z.ZodType<BastionSpec> = z.strictObject({
  host: text
    .regex(/^[A-Za-z0-9_.:%-]+$/)
    .refine((host) => !host.startsWith("-"), "must not begin with a dash"),
  port: z.number().int().min(1).max(65535),
  user: text.regex(/^[A-Za-z_][A-Za-z0-9_.-]*\$?$/),
  hostKey: text.regex(
    /^[a-z0-9@.-]+ [A-Za-z0-9+/=]+( .*)?$/,
    "must be a public key such as: ssh-ed25519 AAAA…",
  ),
});

export const bastionSecrets: z.ZodType<BastionSecrets> = z.object({
  bastionPrivateKey: z
    .string()
    .includes("PRIVATE KEY", { message: "must be an OpenSSH private key, PEM text" }),
});

export const maasAccess: z.ZodType<MaasAccessSpec> = z.strictObject({
  profile: text.regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/),
  url: z.url(),
});

export const maasSecrets: z.ZodType<MaasSecrets> = z.object({
  maasApiKey: z
    .string()
    .regex(
      /^[^\s:]+:[^\s:]+:[^\s:]+$/,
      "must have three parts with colons between: consumer:token:secret",
    ),
});

/** Name of a controller, model, cloud, application…: never something that a tool takes for an option. */
export const toolName = text.regex(/^[A-Za-z0-9][A-Za-z0-9_.@-]*$/);

export const patience: z.ZodType<PatienceSpec> = z.strictObject({
  stallSeconds: z.number().positive(),
  ceilingSeconds: z.number().positive(),
  pollSeconds: z.number().positive(),
  quietSeconds: z.number().min(0),
});

export const allowedStatus: z.ZodType<AllowedStatus> = z.strictObject({
  application: text,
  workload: text,
  message: z.string().refine((pattern) => {
    try {
      return Boolean(new RegExp(pattern));
    } catch {
      return false;
    }
  }, "must be a regular expression"),
});

/** Reads `value`, or throws one sentence per fault with the path of the member, never with its value. */
export function check<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const faults = read.error.issues.map(
    (issue) => `${pathText(what, issue.path)}: ${issue.message}`,
  );
  throw new BadSpecError(
    `${faults.join("; ")}. Correct the configuration this comes from and run again.`,
  );
}

/** e.g. `spec.machines[2].power.type`. */
export function pathText(root: string, path: PropertyKey[]): string {
  return path.reduce<string>(
    (result, key) => (typeof key === "number" ? `${result}[${key}]` : `${result}.${String(key)}`),
    root,
  );
}
