import { usage } from "../../errors";
import { checkKnownModel } from "../../client/modelFirst";
import {
  at,
  atMost,
  type Check,
  inTurn,
  isApplication,
  isUnit,
  needs,
  noneAfter,
  notBoth,
  quoted,
  takes,
} from "./names";

/** Storage, secrets, resources and SSH keys. */

const pairs = (words: string[]): void => {
  const seen = new Set<string>();
  for (const word of words) {
    const end = word.indexOf("=");
    if (end <= 0) throw usage(`expected "key=value", got ${quoted(word)}`);
    if (end === word.length - 1) throw usage(`expected "key=value", got ${quoted(word)}`);
    const key = word.slice(0, end);
    if (seen.has(key)) throw usage(`key ${quoted(key)} specified more than once`);
    seen.add(key);
  }
};

const isPool = (text: string): boolean => /^[a-zA-Z]+[-?a-zA-Z0-9]*$/.test(text);

/** Whatever has a storage's name in it is taken for one. */
const hasStorageName = (text: string): boolean => /[a-z]/.test(text);

const checkCreatePool: Check = (call) => {
  checkKnownModel(call);
  const [name = "", provider = "", ...rest] = call.words;
  if (call.words.length < 2)
    throw usage(
      "pool creation requires names, provider type and optional attributes for configuration",
    );
  if (name.includes("=") || provider.includes("="))
    throw usage(
      "pool creation requires names and provider type before optional attributes for configuration",
    );
  pairs(rest);
};

const checkUpdatePool: Check = (call) => {
  if (call.words.length < 2) throw usage("pool update requires name and configuration attributes");
  pairs(call.words.slice(1));
};

const checkAddStorage: Check = (call) => {
  const [unit = "", ...directives] = call.words;
  if (directives.length === 0) throw usage("add-storage requires a unit and a storage directive");
  if (!isUnit(unit)) throw usage(`unit name ${quoted(unit)} not valid`);
  const wrong = directives.find((each) => /^=|^$/.test(each));
  if (wrong !== undefined) throw usage(`storage name missing in ${quoted(wrong)}`);
};

const checkStorage: Check = (call) => {
  notBoth("filesystem", "volume", "--filesystem and --volume can not be used together")(call);
  if (call.words.length > 0 && !call.on("filesystem") && !call.on("volume"))
    throw usage("specifying IDs only supported with --filesystem and --volume options");
};

/** `key=value`, where `key#base64` and `key#file` say how the value is given. */
const secretPairs = (words: string[]): void => {
  for (const word of words) {
    const end = word.indexOf("=");
    if (end <= 0) throw usage(`key value ${quoted(word)} not valid`);
    const key = word.slice(0, end).replace(/#(base64|file)$/, "");
    if (!/^[a-z](?:-?[a-z0-9]){2,}$/.test(key)) throw usage(`key ${quoted(key)} not valid`);
  }
};

const checkAddSecret: Check = (call) => {
  needs(1, "secret name needs to be supplied as the first argument")(call);
  secretPairs(call.words.slice(1));
  if (call.words.length === 1 && call.flag("file") === undefined)
    throw usage("missing secret value or filename");
};

const grant = inTurn(needs(2, "missing secret URI or application name"), atMost(2));

const checkShowSecret: Check = (call) => {
  needs(1, "secret ID is required")(call);
  const revision = Number(call.flag("revision") ?? 0);
  if (call.on("revisions") && call.on("reveal"))
    throw usage("specify either --revisions or --reveal but not both");
  if (call.on("revisions") && revision > 0)
    throw usage("specify either --revisions or --revision but not both");
  if (revision < 0) throw usage("revision must be a positive integer");
  atMost(1)(call);
};

const checkAttach: Check = (call) => {
  needs(1, "missing application name")(call);
  needs(2, "no resource specified")(call);
  at(0, isApplication, (word) => `application ${quoted(word)} not valid`)(call);
  const [, given = ""] = call.words;
  const wrong = (reason: string): never => {
    throw usage(`bad resource arg ${quoted(given)}: ${reason}`);
  };
  if (!given.includes("=")) wrong("expected name=path format");
  if (given.startsWith("=")) wrong("missing resource name");
  if (given.endsWith("=")) wrong("missing resource value");
  noneAfter(call, 2);
};

export const storageChecks: Record<string, Check> = {
  "add-secret": checkAddSecret,
  "add-storage": checkAddStorage,
  "attach-storage": needs(2, "attach-storage requires a unit ID and at least one storage ID"),
  "create-storage-pool": checkCreatePool,
  "detach-storage": needs(1, "detach-storage requires at least one storage ID"),
  "grant-secret": grant,
  "import-filesystem": inTurn(
    needs(3, "import-filesystem requires a storage provider, provider ID, and storage name"),
    at(0, isPool, (word) => `pool name ${quoted(word)} not valid`),
    at(2, hasStorageName, (word) => `${quoted(word)} is not a valid storage name`),
  ),
  "remove-secret": takes(["missing secret URI"]),
  "remove-storage": inTurn(
    needs(1, "remove-storage requires at least one storage ID"),
    checkKnownModel,
  ),
  "remove-storage-pool": takes(["pool removal requires storage pool name"]),
  "revoke-secret": grant,
  secrets: atMost(0),
  "show-secret": checkShowSecret,
  "show-storage": needs(1, "must specify storage ID(s)"),
  storage: checkStorage,
  "update-secret": (call) => {
    needs(1, "missing secret URI")(call);
    secretPairs(call.words.slice(1));
  },
  "update-storage-pool": checkUpdatePool,
  "attach-resource": checkAttach,
  resources: takes(["missing application or unit name"]),
  "add-ssh-key": needs(1, "no ssh key specified"),
  "remove-ssh-key": needs(1, "no ssh key id specified"),
  "import-ssh-key": needs(1, "no ssh key id specified"),
  "ssh-keys": atMost(0),
};
