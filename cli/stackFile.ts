import { readFileSync } from "node:fs";
import { join } from "node:path";
import { load, YAMLException } from "js-yaml";
import { SECTION_KEYS } from "../config/read";
import { faultText, readSettings, type StackValues } from "../config/settings";
import { UserError } from "./userError";

const PROJECT_FILE = "Pulumi.yaml";

/**
 * What Pulumi would hand the program, read without Pulumi: the project's defaults under the stack's values, objects as JSON text.
 * Encrypted values stay unread.
 *
 * Rules: https://www.pulumi.com/docs/iac/concepts/config/ and https://www.pulumi.com/docs/iac/concepts/projects/project-file/
 * @throws UserError if a file is missing or no YAML, or its `config` no mapping
 */
export function readStackFile(folder: string, stack: string): StackValues & { project: string } {
  const projectFile = readYaml(folder, PROJECT_FILE);
  const project = textOf(projectFile["name"]);
  const prefix = `${project}:`;
  const values: Record<string, string> = {};
  const encrypted: string[] = [];
  for (const [key, value] of Object.entries(mapping(projectFile["config"], PROJECT_FILE))) {
    const preset = isMapping(value) ? value["default"] : value;
    if (preset !== undefined) values[key] = textOf(preset);
  }
  const stackFile = `Pulumi.${stack}.yaml`;
  for (const [name, value] of Object.entries(
    mapping(readYaml(folder, stackFile)["config"], stackFile),
  )) {
    if (!name.startsWith(prefix)) continue;
    const key = name.slice(prefix.length);
    if (holdsEncrypted(value)) encrypted.push(key);
    // What is encrypted cannot be judged; a section with such a part is refused for having it.
    if (!encrypted.includes(key) || isSection(key)) values[key] = textOf(value);
  }
  return { project, values, encrypted };
}

/**
 * Refuses what is wrong in the stack's file, in the words of the program, before anything is built or started.
 * @throws UserError that names every fault
 */
export function checkStackFile(folder: string, stack: string): void {
  const { project, ...values } = readStackFile(folder, stack);
  const fault = faultText(readSettings(values).problems, project, stack);
  if (fault !== undefined) throw new UserError(fault);
}

function isSection(key: string): boolean {
  return (SECTION_KEYS as string[]).includes(key);
}

type Mapping = Record<string, unknown>;

function isMapping(value: unknown): value is Mapping {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function readYaml(folder: string, name: string): Mapping {
  const text = readText(folder, name);
  if (text.trim() === "") return {};
  try {
    return mapping(load(text), name);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new UserError(`${name} is no YAML: ${error.message.trim()}. Mend the line it names`);
  }
}

function readText(folder: string, name: string): string {
  try {
    return readFileSync(join(folder, name), "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      code === "ENOENT"
        ? `there is no ${name} in ${folder}. Put it back (git checkout -- ${name}), or name another stack`
        : `${name} in ${folder} cannot be read (${code}). It must be a file that this user can read`,
    );
  }
}

function mapping(value: unknown, name: string): Mapping {
  if (value === undefined || value === null) return {};
  if (isMapping(value)) return value;
  throw new UserError(`${name}: the file and its \`config\` must be mappings of keys to values`);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value ?? "");
}

/** `secure: TEXT` stands for a value that Pulumi has encrypted, at any depth. */
function holdsEncrypted(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsEncrypted);
  if (!isMapping(value)) return false;
  const names = Object.keys(value);
  if (names.length === 1 && typeof value["secure"] === "string") return true;
  return Object.values(value).some(holdsEncrypted);
}
