/** Reading what tools print: JSON checked against a schema, with the command and the member in the error. */
import type { z } from "zod";

import { lastLines } from "./bastion/command";
import { StepError, TryLaterError } from "./errors";
import { pathText } from "./schema";

/** The answer broke off, or is no answer at all; who only reads may ask again. */
export class IncompleteAnswer extends TryLaterError {}

/** Reads the JSON that `command` printed. Call it only after the exit status has been looked at. */
export function decode<T>(schema: z.ZodType<T>, text: string, command: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Half an answer may hold half a secret, which nobody recognises: it is not shown.
    const half = /^\s*[[{]/.test(text);
    throw new IncompleteAnswer(
      half
        ? `"${command}" printed only the first ${text.length} characters of its answer. Run again; if it stays so, run it on the bastion by hand.`
        : `"${command}" did not print JSON but: ${lastLines(text) || "nothing"}. Run it on the bastion by hand to see why.`,
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
