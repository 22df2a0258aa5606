import type { Call } from "../../call";
import { applicationChecks } from "./applications";
import { charmhubChecks } from "./charmhub";
import { cloudChecks } from "./clouds";
import { controllerChecks } from "./controllers";
import { machineChecks } from "./machines";
import { modelChecks } from "./models";
import type { Check } from "./names";
import { offerChecks } from "./offers";
import { operationChecks } from "./operations";
import { secretBackendChecks } from "./secretBackends";
import { storageChecks } from "./storage";

const CHECKS: Record<string, Check> = {
  ...applicationChecks,
  ...charmhubChecks,
  ...cloudChecks,
  ...controllerChecks,
  ...machineChecks,
  ...modelChecks,
  ...offerChecks,
  ...operationChecks,
  ...secretBackendChecks,
  ...storageChecks,
};

/** Refuses a command line (exit status 2) that says what its command cannot mean, before anything is asked. */
export const checkArguments = (call: Call): void => CHECKS[call.command]?.(call);
