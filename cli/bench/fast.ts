/** Time of `npm run test:fast`. */
import { join } from "node:path";
import { run } from "../command";
import { CHECKOUT } from "../folders";
import { UserError } from "../userError";
import type { Figure } from "./figure";

const LIMIT_SECONDS = 90;

export async function fastFigures(): Promise<Figure[]> {
  const began = process.hrtime.bigint();
  const done = await run(["bash", join(CHECKOUT, "cli", "private-cloud"), "test", "--fast"], {
    cwd: CHECKOUT,
  });
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  if (done.status !== 0) throw new UserError(`npm run test:fast failed:\n${done.stderr}`);
  return [
    {
      what: "npm run test:fast",
      measured: `${seconds.toFixed(0)} s (${done.stdout.trim().split("\n").at(-1) ?? ""})`,
      atMost: `${LIMIT_SECONDS} s`,
      holds: seconds <= LIMIT_SECONDS,
    },
  ];
}
