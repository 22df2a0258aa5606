/** The site file: JSON with the secrets and facts of one site, for what configuration does not say. */
import { SECRET_KEYS } from "./read";
import { suggest } from "./suggest";
import type { Problem, SiteSecrets } from "./types";

export interface SiteFile {
  secrets: Partial<SiteSecrets>;
  bastionHost?: string;
  bastionHostKey?: string;
  caCertificatePem?: string;
  appPublicKey?: string;
  light?: boolean;
}

const TEXTS = ["bastionHost", "bastionHostKey", "caCertificatePem", "appPublicKey"] as const;
/** `lab` is for the program that made the file; the stack does not look into it. */
const OTHERS = ["light", "lab"];

/** Reads the file's text; faults are told without any of its values. */
export function readSiteFile(text: string): { file: SiteFile; problems: Problem[] } {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    content = undefined;
  }
  if (content === null || typeof content !== "object" || Array.isArray(content)) {
    const message =
      "names a file that holds no JSON object. Write it anew (stack dev, whose lab goes with it: `npm run down`, then `npm run up`).";
    return { file: { secrets: {} }, problems: [{ path: "siteFile", message }] };
  }
  const known: string[] = [...SECRET_KEYS, ...TEXTS, ...OTHERS];
  const problems: Problem[] = [];
  const file: SiteFile = { secrets: {} };
  for (const [key, value] of Object.entries(content)) {
    if (!known.includes(key)) {
      const near = suggest(key, known);
      problems.push({
        path: "siteFile",
        message: `names a file with the unknown member ${key}${near === undefined ? `. Known are: ${known.join(", ")}.` : `. Did you mean ${near}?`}`,
      });
    } else if (key === "light") file.light = value === true;
    else if (OTHERS.includes(key)) continue;
    else if (typeof value !== "string") {
      problems.push({ path: "siteFile", message: `names a file whose ${key} is no text.` });
    } else if (SECRET_KEYS.includes(key as keyof SiteSecrets)) {
      file.secrets[key as keyof SiteSecrets] = value;
    } else file[key as (typeof TEXTS)[number]] = value;
  }
  return { file, problems };
}
