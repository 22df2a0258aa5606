/** The `maas` command on the bastion. Its exit status says little; its output says the rest. */
import { z } from "zod";

import type { Bastion, RemoteResult } from "../bastion/bastion";
import { lastLines } from "../bastion/bastion";
import { decode } from "../decode";
import { StepError, TryLaterError } from "../errors";
import type { MaasAccessSpec } from "../specs";

/** MAAS refused a call; `body` is its answer. */
export class MaasError extends StepError {
  constructor(
    command: string,
    readonly body: string,
  ) {
    super(`MAAS refused "${command}": ${refusal(body)}`);
    this.name = "MaasError";
  }
}

const RETRIES = 5;
const BUSY = /too busy|unavailable|try again|timed? ?out|^50[234]/i;
const UNREACHABLE =
  /Connection refused|timed out|Temporary failure|No route to host|database is locked|50[234]/;

export class Maas {
  private constructor(
    private readonly bastion: Bastion,
    private readonly access: MaasAccessSpec,
  ) {}

  /** Logs the profile in, which also fetches the description of this region's API. Repeating it changes nothing. */
  static async login(bastion: Bastion, access: MaasAccessSpec, apiKey: string): Promise<Maas> {
    const argv = ["maas", "login", access.profile, access.url, "-"];
    for (let attempt = 1; ; attempt++) {
      const result = await bastion.run(argv, {
        stdin: `${apiKey}\n`,
        allowFailure: true,
        repeatable: true,
      });
      if (result.status === 0) return new Maas(bastion, access);
      const words = `${result.stderr}${result.stdout}`;
      if (/rejected your API key/i.test(words)) {
        throw new StepError(
          `MAAS at ${access.url} rejected the API key. ` +
            "Make one in MAAS (user preferences, API keys; or: sudo maas apikey --username NAME) and configure it as maasApiKey.",
        );
      }
      if (UNREACHABLE.test(words) && attempt < RETRIES) {
        await new Promise((resolve) => setTimeout(resolve, attempt * 1000));
        continue;
      }
      if (UNREACHABLE.test(words)) {
        throw new TryLaterError(
          `MAAS at ${access.url} does not answer the bastion. Check maas.url and that MAAS runs, then run again.`,
        );
      }
      // Other output of this command may repeat the key and is not shown.
      throw new StepError(
        `The bastion cannot log in to MAAS at ${access.url} (status ${result.status}). Check maas.url and the form of maasApiKey.`,
      );
    }
  }

  /** Reads something; repeated when the connection or MAAS is away for a moment. */
  async read<T>(schema: z.ZodType<T>, ...words: string[]): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const result = await this.bastion.run(this.argv(words), {
        allowFailure: true,
        repeatable: true,
      });
      if (result.status === 0) return decode(schema, result.stdout, this.shown(words));
      const error = this.failure(words, result);
      if (!(error instanceof TryLaterError) || attempt === RETRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, attempt * 1000));
    }
  }

  /** Changes something; returns the answer's text. */
  async change(...words: string[]): Promise<string> {
    const result = await this.bastion.run(this.argv(words), { allowFailure: true });
    if (result.status !== 0) throw this.failure(words, result);
    return result.stdout;
  }

  private argv(words: string[]): string[] {
    return ["maas", this.access.profile, ...words];
  }

  private shown(words: string[]): string {
    return ["maas", this.access.profile, ...words].join(" ").slice(0, 160);
  }

  /** maas.md: with status 2 a body on stdout is an answer of the API; none is a usage or connection error, or a 403. */
  private failure(words: string[], result: RemoteResult): StepError {
    const command = this.shown(words);
    if (result.stdout.trim() !== "") {
      return BUSY.test(result.stdout.slice(0, 100))
        ? new TryLaterError(
            `MAAS did not answer "${command}": ${refusal(result.stdout)}. Run again.`,
          )
        : new MaasError(command, result.stdout);
    }
    const said = lastLines(result.stderr, 1);
    if (said === "") {
      return new StepError(
        `MAAS refused "${command}" without a reason: the API key's user may not do this, or the machine is locked. ` +
          "Use a key of an administrator.",
      );
    }
    if (UNREACHABLE.test(said)) {
      return new TryLaterError(
        `MAAS did not answer "${command}" (${said}). Check that MAAS runs, then run again.`,
      );
    }
    return new StepError(
      `"${command}" failed: ${said}. Check that MAAS is a version from 3.4 to 3.7.`,
    );
  }
}

const fieldErrors = z.record(z.string(), z.array(z.string()));

/** MAAS answers with a sentence or with lists of sentences by field. */
export function refusal(body: string): string {
  try {
    const fields = fieldErrors.parse(JSON.parse(body));
    return Object.entries(fields)
      .map(([field, texts]) => (field === "__all__" ? "" : `${field}: `) + texts.join(" "))
      .join("; ");
  } catch {
    return lastLines(body, 2).slice(0, 300);
  }
}
