/** The `maas` command on the bastion. Its exit status says little; its output says the rest. */
import { z } from "zod";

import type { Bastion } from "../bastion/bastion";
import type { RemoteResult } from "../bastion/command";
import { lastLines } from "../bastion/command";
import { decode, IncompleteAnswer } from "../decode";
import { StepError, TryLaterError } from "../errors";
import type { MaasAccessSpec } from "../specs";

/** MAAS refused a call; `body` is its answer. */
export class MaasError extends StepError {
  constructor(
    command: string,
    readonly body: string,
  ) {
    super(`MAAS refused "${command}": ${refusal(body)}. Correct that in MAAS, then run again.`);
    this.name = "MaasError";
  }
}

/** Pauses before MAAS is asked again: a region that is started anew is back within a minute. */
const PAUSES_MS = [1000, 2000, 4000, 8000, 10_000, 10_000, 10_000, 10_000, 10_000];
const BUSY = /too busy|unavailable|try again|timed? ?out|^50[234]/i;
const BAD_KEY = /rejected your API key|invalid (API key|consumer|access token)|expired timestamp/i;
const UNREACHABLE =
  /Connection refused|Connection reset|timed out|Temporary failure|No route to host|Network is unreachable|database is locked|50[234]/;
/** Nobody heard the call, or MAAS sent it away: it may be made again even if it changes something. */
const UNDONE =
  /Connection refused|No route to host|Network is unreachable|database is locked|too busy|^503|503 Service/i;

/** MAAS did not answer, or said that it is busy. */
class NotAnswered extends TryLaterError {
  constructor(
    message: string,
    readonly undone: boolean,
  ) {
    super(message);
  }
}

export class Maas {
  private constructor(
    private readonly bastion: Bastion,
    private readonly access: MaasAccessSpec,
  ) {}

  /** Logs the profile in, which also fetches the description of this region's API. Repeating it changes nothing. */
  static async login(bastion: Bastion, access: MaasAccessSpec, apiKey: string): Promise<Maas> {
    const maas = new Maas(bastion, access);
    await maas.patiently(async () => {
      const argv = ["maas", "login", access.profile, access.url, "-"];
      const result = await bastion.run(argv, {
        stdin: `${apiKey}\n`,
        allowFailure: true,
        repeatable: true,
      });
      if (result.status === 0) return;
      const words = `${result.stderr}${result.stdout}`;
      if (BAD_KEY.test(words)) throw maas.badKey();
      if (UNREACHABLE.test(words)) {
        throw new NotAnswered(
          `MAAS at ${access.url} does not answer the bastion. Check maas.url and that MAAS runs, then run again.`,
          true,
        );
      }
      // Other output of this command may repeat the key and is not shown.
      throw new StepError(
        `The bastion cannot log in to MAAS at ${access.url} (status ${result.status}). Check maas.url and the form of maasApiKey.`,
      );
    }, always);
    return maas;
  }

  /** Reads something; asked again when MAAS is away for a moment or the answer broke off. */
  async read<T>(schema: z.ZodType<T>, ...words: string[]): Promise<T> {
    return this.patiently(async () => {
      const result = await this.bastion.run(this.argv(words), {
        allowFailure: true,
        repeatable: true,
      });
      if (result.status !== 0) throw this.failure(words, result);
      return decode(schema, result.stdout, this.shown(words));
    }, always);
  }

  /** Changes something; returns the answer's text. Given again only where nothing can have been done. */
  async change(...words: string[]): Promise<string> {
    return this.patiently(
      async () => {
        const result = await this.bastion.run(this.argv(words), { allowFailure: true });
        if (result.status !== 0) throw this.failure(words, result);
        return result.stdout;
      },
      (error) => error instanceof NotAnswered && error.undone,
    );
  }

  private async patiently<T>(
    call: () => Promise<T>,
    mayRepeat: (error: NotAnswered | IncompleteAnswer) => boolean,
  ): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await call();
      } catch (error) {
        const pause = PAUSES_MS[attempt];
        const passing = error instanceof NotAnswered || error instanceof IncompleteAnswer;
        if (!passing || pause === undefined || !mayRepeat(error)) throw error;
        if (attempt === 2)
          this.bastion.progress("MAAS does not answer; it is asked again for a minute");
        await this.bastion.clock.sleep(pause);
      }
    }
  }

  private badKey(): StepError {
    return new StepError(
      `MAAS at ${this.access.url} rejected the API key. ` +
        "Make one in MAAS (user preferences, API keys; or: sudo maas apikey --username NAME) and configure it as maasApiKey.",
    );
  }

  private argv(words: string[]): string[] {
    return ["maas", this.access.profile, ...words];
  }

  private shown(words: string[]): string {
    return ["maas", this.access.profile, ...words].join(" ").slice(0, 160);
  }

  /** Measured of MAAS 3.4: with status 2 a body on stdout is an answer of the API; none is a usage or connection error, or a 403. */
  private failure(words: string[], result: RemoteResult): StepError {
    const command = this.shown(words);
    const body = result.stdout.trim();
    if (body !== "") {
      if (BAD_KEY.test(body)) return this.badKey();
      return BUSY.test(body.slice(0, 100))
        ? new NotAnswered(
            `MAAS did not answer "${command}": ${refusal(body)}. Look at its load and its log, then run again.`,
            UNDONE.test(body.slice(0, 100)),
          )
        : new MaasError(command, body);
    }
    const said = lastLines(result.stderr, 1);
    if (said === "") {
      return new StepError(
        `MAAS refused "${command}" without a reason: the API key's user may not do this, or the machine is locked. ` +
          "Use a key of an administrator.",
      );
    }
    if (UNREACHABLE.test(said)) {
      return new NotAnswered(
        `MAAS did not answer "${command}" (${said}). Check that MAAS runs, then run again.`,
        UNDONE.test(said),
      );
    }
    return new StepError(
      `"${command}" failed: ${said}. Check that MAAS is a version from 3.4 to 3.7.`,
    );
  }
}

const always = (): boolean => true;

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
