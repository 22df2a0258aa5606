import { usage } from "../../errors";
import {
  at,
  atMost,
  type Check,
  inTurn,
  isCloud,
  isCredential,
  needs,
  noneAfter,
  quoted,
  takes,
} from "./names";

const cloudName = at(0, isCloud, (word) => `cloud name ${quoted(word)} not valid`);

const checkShowCredential: Check = (call) => {
  if (call.words.length === 1) throw usage("both cloud and credential name are needed");
  if (call.words.length > 2) throw usage("only cloud and credential names are supported");
};

const checkSetCredential: Check = (call) => {
  const [cloud = "", name = ""] = call.words;
  if (call.words.length !== 2)
    throw usage("Usage: juju set-credential [options] <cloud name> <credential name>");
  if (!isCloud(cloud)) throw usage(`cloud name ${quoted(cloud)} not valid`);
  if (!isCredential(name)) throw usage(`cloud credential name ${quoted(name)} not valid`);
};

const checkAddCloud: Check = (call) => {
  cloudName(call);
  const [, file] = call.words;
  const flag = call.flag("file");
  if (file !== undefined && flag !== undefined && flag !== "" && flag !== file)
    throw usage("cannot specify cloud file with option and argument");
  noneAfter(call, 2);
};

/** `show-cloud` and k8s clouds: one name. */
const oneName = (message: string): Check => takes([message]);

export const cloudChecks: Record<string, Check> = {
  "add-cloud": checkAddCloud,
  "add-credential": takes(["Usage: juju add-credential <cloud-name> [-f <credentials.yaml>]"]),
  "add-k8s": oneName("missing k8s name."),
  "autoload-credentials": atMost(1),
  credentials: atMost(1),
  "default-credential": takes(
    ["Usage: juju default-credential <cloud-name> [<credential-name>]"],
    1,
  ),
  "default-region": takes(["Usage: juju default-region <cloud-name> [<region>]"], 1),
  regions: takes(["no cloud specified"]),
  "remove-cloud": takes(["Usage: juju remove-cloud <cloud name>"]),
  "remove-credential": inTurn(
    needs(2, "Usage: juju remove-credential <cloud-name> <credential-name>"),
    atMost(2),
  ),
  "remove-k8s": oneName("missing k8s cloud name."),
  "set-credential": checkSetCredential,
  "show-cloud": (call) => {
    if (call.words.length !== 1) throw usage("no cloud specified");
  },
  "show-credential": checkShowCredential,
  "update-cloud": inTurn(needs(1, "cloud name required"), cloudName, atMost(1)),
  "update-credential": (call) => {
    if (call.words.length > 2)
      throw usage("only a cloud name and / or credential name need to be provided");
  },
  "update-k8s": inTurn(
    needs(1, "k8s cloud name required"),
    at(0, isCloud, (word) => `k8s cloud name ${quoted(word)} not valid`),
    atMost(1),
  ),
  "update-public-clouds": atMost(0),
};
