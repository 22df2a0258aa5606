/** A refusal as the region answers it: HTTP status and body. */
export class MaasError extends Error {
  constructor(
    readonly status: number,
    readonly body: string,
  ) {
    super(body === "" ? `MAAS answered ${status}` : body);
  }
}

// Django writes JSON bodies of form errors with ", " and ": ".
const quote = (text: string): string => JSON.stringify(text);

/** 400 with messages per field. */
export const invalid = (errors: Record<string, string[]>): MaasError =>
  new MaasError(
    400,
    `{${Object.entries(errors)
      .map(([field, messages]) => `${quote(field)}: [${messages.map(quote).join(", ")}]`)
      .join(", ")}}`,
  );

export const notFound = (model: string): MaasError =>
  new MaasError(404, `No ${model} matches the given query.`);

export const conflict = (text: string): MaasError => new MaasError(409, text);

/** Refusals by permission have an empty body. */
export const forbidden = (): MaasError => new MaasError(403, "");
