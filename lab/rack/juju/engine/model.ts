import type { Rack } from "../../core/rack";
import { playedBy } from "../profile";
import type { Model } from "../state";

/** A model with nothing in it. */
export const newModel = (rack: Rack, name: string, uuid: string): Model => ({
  name,
  uuid,
  life: "alive",
  since: rack.now,
  config: {},
  constraints: "",
  credential: "",
  machines: [],
  applications: [],
  relations: [],
  operations: [],
  nextMachine: 0,
  nextContainer: {},
  nextRelation: 0,
  nextTask: playedBy(rack).firstTask,
  unitNumbers: {},
  destroy: null,
});
