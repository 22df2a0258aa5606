/** Reading what tools print: JSON checked against a schema, with the command and the member in the error. */
import type { z } from "zod";

import { lastLines } from "./bastion/bastion";
import { StepError } from "./errors";
import { pathText } from "./schema";

/** Reads the JSON that `command` printed. Call it only after the exit status has been looked at. */
export function decode<T>(schema: z.ZodType<T>, text: string, command: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new StepError(
      `"${command}" did not print JSON but: ${lastLines(text) || "nothing"}. Run it on the bastion by hand to see why.`,
    );
  }
  return decodeValue(schema, value, command);
}

export function decodeValue<T>(schema: z.ZodType<T>, value: unknown, command: string): T {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new StepError(
    `"${command}" answered something else than expected at ${pathText("$", issue?.path ?? [])}: ${issue?.message ?? ""}. ` +
      "Check that the tool's version is one that this project supports.",
  );
}
