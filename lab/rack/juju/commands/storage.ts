import type { Call } from "../call";
import { JujuError, Said } from "../errors";
import { applicationOf, charmOf, findUnit } from "../engine/find";
import { importFilesystem as importOne } from "../engine/importStorage";
import { poolNames } from "../engine/pools";
import {
  addStorage as add,
  ATTACHED,
  attachStorage as attach,
  detachStorage as detach,
  needStorage,
  removeStorage as remove,
} from "../engine/storage";
import { isUnit } from "../grammar/checks/names";
import { storageDocument, storageRows, storageShown } from "../render/storage";
import { table } from "../render/tabular";

export const storage = (call: Call): number | Promise<number> => {
  const isFour = call.profile.major === 4;
  const { document, rows } = call.inModel((model) => ({
    document: storageDocument(model, { isFour, inStatus: false }),
    rows: storageRows(model, false),
  }));
  const one = call.on("filesystem") ? "filesystems" : call.on("volume") ? "volumes" : undefined;
  const shown = one === undefined ? document : { [one]: document[one] };
  const tabular = ["", "tabular"].includes(call.format);
  if (Object.values(shown).every((each) => each === undefined)) {
    if (tabular) call.err("No storage to display.\n");
    return 0;
  }
  if (!tabular || one !== undefined || rows.length === 0) return call.show(shown);
  call.out(table(rows));
  return 0;
};

export const storagePools = (call: Call): Promise<number> =>
  call.show(
    call.inModel((model) =>
      Object.fromEntries(poolNames(model).map((name) => [name, { provider: name }])),
    ),
  );

const isStorage = (id: string): boolean =>
  /^[a-z](?:[a-z0-9]|-[a-z0-9]*[a-z][a-z0-9]*)*\/(?:0|[1-9]\d*)$/.test(id);

const checkIds = (ids: string[], message: (id: string) => string): void => {
  const wrong = ids.find((id) => !isStorage(id));
  if (wrong !== undefined) throw new JujuError(message(wrong));
};

/** What was refused, by the word that it was about; a refusal does not stop the others. */
const each = (words: string[], fn: (word: string) => void): Map<string, string> => {
  const refused = new Map<string, string>();
  for (const word of words) {
    try {
      fn(word);
    } catch (error) {
      if (!(error instanceof JujuError)) throw error;
      refused.set(word, error.message);
    }
  }
  return refused;
};

/** First what is done, then what is not. */
const tell = (
  call: Call,
  ids: string[],
  refused: Map<string, string>,
  words: { done: (id: string) => string; failed: (id: string) => string },
): void => {
  for (const id of ids) if (!refused.has(id)) call.err(`${words.done(id)}\n`);
  for (const [id, reason] of refused) call.err(`${words.failed(id)}: ${reason}\n`);
};

const notValid = (id: string): string => `storage ID "${id}" not valid`;

export const addStorage = (call: Call): number => {
  const [name = "", ...directives] = call.words;
  const added: string[] = [];
  const refused = call.inModel((model, rack) =>
    each(directives, (directive) => {
      const unit = findUnit(model, name);
      const application = applicationOf(model, name);
      if (unit === undefined || application === undefined)
        throw new JujuError(`unit "${name}" not found`);
      added.push(...add(rack, model, unit, charmOf(application), directive));
    }),
  );
  for (const id of added) call.err(`added storage ${id} to ${name}\n`);
  for (const [directive, reason] of refused)
    call.err(`failed to add storage "${directive.split("=")[0] ?? ""}" to ${name}: ${reason}\n`);
  if (refused.size > 0) throw new Said(1);
  return 0;
};

export const attachStorage = (call: Call): number => {
  const [unit = "", ...ids] = call.words;
  const could = (reason: string): string =>
    `could not attach storage [${ids.join(" ")}]: ${reason}`;
  call.inModel(() => undefined);
  if (!isUnit(unit)) throw new JujuError(could(`unit ID "${unit}" not valid`));
  checkIds(ids, (id) => could(notValid(id)));
  const refused = call.inModel((model, rack) => each(ids, (id) => attach(rack, model, id, unit)));
  tell(call, ids, refused, {
    done: (id) => `attaching ${id} to ${unit}`,
    failed: (id) => `failed to attach ${id} to ${unit}`,
  });
  if (refused.size > 0) throw new Said(1);
  return 0;
};

export const detachStorage = (call: Call): number => {
  const { words } = call;
  call.inModel(() => undefined);
  checkIds(words, notValid);
  const refused = call.inModel((model, rack) => each(words, (id) => detach(rack, model, id)));
  tell(call, words, refused, {
    done: (id) => `detaching ${id}`,
    failed: (id) => `failed to detach ${id}`,
  });
  if (refused.size > 0) throw new Said(1);
  return 0;
};

const HOW_TO_REMOVE = `
Use the --force option to remove attached storage, or use
"juju detach-storage" to explicitly detach the storage
before removing.
`;

export const removeStorage = (call: Call): number => {
  const { words } = call;
  call.inModel(() => undefined);
  checkIds(words, notValid);
  const how = { attached: call.on("force"), release: call.on("no-destroy") };
  const refused = call.inModel((model, rack) => each(words, (id) => remove(rack, model, id, how)));
  tell(call, words, refused, {
    done: (id) => `removing ${id}`,
    failed: (id) => `failed to remove ${id}`,
  });
  if ([...refused.values()].some((reason) => reason.endsWith(ATTACHED))) call.err(HOW_TO_REMOVE);
  if (refused.size > 0) throw new Said(1);
  return 0;
};

export const showStorage = (call: Call): Promise<number> => {
  call.inModel(() => undefined);
  checkIds(call.words, (id) => `invalid storage ID ${id}`);
  return call.show(
    call.inModel((model) => {
      const refused = each(call.words, (id) => void needStorage(model, id));
      if (refused.size > 0) throw new JujuError([...refused.values()].join("\n"));
      return Object.fromEntries(call.words.map((id) => [id, storageShown(needStorage(model, id))]));
    }),
  );
};

export const importFilesystem = (call: Call): number => {
  const [pool = "", provider = "", name = ""] = call.words;
  const id = call.inModel((model, rack, controller) => {
    call.err(`importing "${provider}" from storage pool "${pool}" as storage "${name}"\n`);
    return importOne(rack, controller, model, { pool, provider, name });
  });
  call.err(`imported storage ${id}\n`);
  return 0;
};
