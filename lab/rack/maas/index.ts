import type { Domain } from "../core/rack";
import { initialMaas } from "./seed";
import type { MaasState } from "./state";
import { advanceMaas, nextMaasEvent } from "./transitions";

export type { MaasState, Machine } from "./state";
export { Status } from "./state";
export { MaasError } from "./errors";
export {
  type AllocateRequest,
  allocate,
  deploy,
  machineById,
  machinesByAgentName,
  release,
  setOwnerData,
} from "./machines";
export { machineAddresses } from "./addresses";
export { addContainer, removeDevice } from "./devices";

export const maas: Domain<MaasState> = {
  initial: initialMaas,
  nextEvent: nextMaasEvent,
  advance: advanceMaas,
};
