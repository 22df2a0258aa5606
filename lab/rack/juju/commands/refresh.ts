import type { Call } from "../call";
import { parseBindings, rebind } from "../engine/bindings";
import { countUpload, isLocal, optionValue, type Resolved, resolveCharm } from "../engine/charms";
import { charmOf, findApplication } from "../engine/find";
import { refuseUpgrade, upgradeCharm } from "../engine/upgrade";
import { configChanged, enqueue, hook } from "../engine/hooks";
import { JujuError } from "../errors";
import type { Rack } from "../../core/rack";
import type { Application, Model } from "../state";
import { mapIn } from "../yaml/read";

/** Virtual milliseconds until Juju has the charm of a new application. */
const DOWNLOAD = 2000;

const incomplete = (name: string): JujuError =>
  new JujuError(`"${name}" deploy incomplete, please try refresh again in a little bit.`);

const find = (call: Call, rack: Rack, model: Model, name: string): Application => {
  const application = findApplication(model, name);
  if (application === undefined)
    throw call.profile.flags === "3.6"
      ? new JujuError(`application "${name}" not found`)
      : incomplete(name);
  if (application.origin === "charmhub" && rack.now - application.created < DOWNLOAD)
    throw incomplete(name);
  return application;
};

/** The charm that it becomes: of a path, of another name, or the same one's revision in a channel. */
const target = (call: Call, rack: Rack, model: Model, application: Application): Resolved => {
  const path = call.flag("path") ?? "";
  const other = call.flag("switch") ?? "";
  const local = path === "" ? (isLocal(other) ? other : "") : path;
  if (local === "" && other === "" && application.origin === "local")
    throw new JujuError("refreshing a local charm requires either --path or --switch");
  if (local !== "" && !call.sees(local)) throw new JujuError(`no charm found at "${local}"`);
  const revision = call.flag("revision");
  const resolved = resolveCharm(rack, model, local === "" ? other || application.charm : local, {
    // A charm that came as a file is of no channel that a store could have.
    channel:
      call.flag("channel") ??
      (local === "" && application.origin === "charmhub" ? application.channel : undefined),
    revision: revision === undefined || revision === "-1" ? undefined : Number(revision),
    base: call.flag("base") ?? application.base,
    ...(local === "" ? {} : { path: call.path(local) }),
  });
  if (local !== "" && resolved.charm.name !== application.charm)
    throw new JujuError(`cannot refresh "${application.charm}" to "${resolved.charm.name}"`);
  if (local === "") return resolved;
  // Every upload counts, whatever becomes of it.
  const next = Math.max(resolved.revision, application.revision + 1);
  countUpload(model, { ...resolved, revision: next });
  return { ...resolved, revision: next };
};

/** `--config`: a file, or one option. */
const options = (call: Call, application: Application): void => {
  const { config } = charmOf(application);
  const given: Record<string, unknown> = {};
  for (const word of call.all("config")) {
    const end = word.indexOf("=");
    if (end > 0) given[word.slice(0, end)] = word.slice(end + 1);
    else {
      const file = mapIn(call.read(word));
      const own = file[application.name];
      Object.assign(given, typeof own === "object" ? own : file);
    }
  }
  for (const [key, value] of Object.entries(given))
    application.options[key] = optionValue(key, config[key], value);
};

const added = ({ charm, channel, revision, origin }: Resolved): string => {
  const [source, where] =
    origin === "local" ? ["local", ""] : ["charm-hub", ` in channel ${channel}`];
  return `Added ${source} charm "${charm.name}", revision ${revision}${where}, to the model\n`;
};

/** `juju refresh`: another revision of an application's charm. */
export const refresh = (call: Call): number => {
  const [name = ""] = call.words;
  const text = call.inModel((model, rack) => {
    const application = find(call, rack, model, name);
    const wanted = parseBindings(rack, call.all("bind"));
    const resolved = target(call, rack, model, application);
    const { charm, channel, revision, origin } = resolved;
    const same =
      origin === "charmhub" &&
      charm.name === application.charm &&
      revision === application.revision;
    const moved = channel !== application.channel;
    const now = `charm "${charm.name}": already up-to-date\n`;
    if (same && !moved && call.all("resource").length === 0) return now;
    const before = application.channel;
    const from = charmOf(application);
    refuseUpgrade(rack, model, application, resolved);
    const force = call.on("force") && call.profile.major === 3;
    const { told } = rebind(rack, model, application, { from, to: charm, wanted, force });
    upgradeCharm(model, application, resolved);
    options(call, application);
    if (call.flag("trust") !== undefined) application.trust = call.on("trust");
    if (!same)
      for (const unit of application.units)
        if (unit.stage >= 3) enqueue(unit, hook("upgrade-charm", rack.now + 1000));
    configChanged(rack, application);
    // Juju's client names the channel that it read before it asked for another one, not the one that is used from now on.
    const note = `Note: all future refreshes will now use channel "${before}"\n`;
    const said = same ? `${now}${moved ? note : ""}` : added(resolved);
    return said + told.map((line) => `${line}\n`).join("");
  });
  call.err(text);
  return 0;
};
