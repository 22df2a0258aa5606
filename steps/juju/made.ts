/**
 * What this program has made in Juju: one file per controller and model on the bastion, written before the making begins,
 * with the uuid once there is one. What has none, or another uuid, is somebody else's: it is used and never destroyed.
 */
import type { Bastion } from "../bastion/bastion";
import { StepError } from "../errors";

/** Juju's name of the model in which a controller itself lives; here it stands for the controller. */
const CONTROLLER = "controller";

export class Made {
  private readonly path: string;

  private constructor(
    private readonly bastion: Bastion,
    /** For people, e.g. `model openstack`. */
    private readonly what: string,
    controller: string,
    model: string,
  ) {
    this.path = `${bastion.folder}/made/${controller}/${model}`;
  }

  static controller(bastion: Bastion, controller: string): Made {
    return new Made(bastion, `controller ${controller}`, controller, CONTROLLER);
  }

  static model(bastion: Bastion, controller: string, model: string): Made {
    return new Made(bastion, `model ${controller}:${model}`, controller, model);
  }

  /** Before it is made. */
  async announce(): Promise<void> {
    await this.bastion.writeFile(this.path, "");
  }

  /** Remembers the uuid of what was announced. Says whether it is ours; what was there before is not. */
  async claim(uuid: string): Promise<boolean> {
    const mark = await this.bastion.readFile(this.path);
    if (mark === "") await this.bastion.writeFile(this.path, uuid);
    return mark === "" || mark === uuid;
  }

  /** The uuid; undefined if there is no mark, or nothing was made after it was announced. */
  async uuid(): Promise<string | undefined> {
    return (await this.bastion.readFile(this.path)) || undefined;
  }

  /** Whether its making was announced or is done. */
  async known(): Promise<boolean> {
    return (await this.bastion.readFile(this.path)) !== undefined;
  }

  /** @throws StepError unless the thing with this uuid may be destroyed */
  async requireRemovable(uuid: string, allowDestroy: boolean, byHand: string): Promise<void> {
    if (!allowDestroy) {
      throw new StepError(
        `The ${this.what} stays with all its machines and data: allowDestroy is not recorded in the stack. ` +
          "To destroy it, set allowDestroy to true and run pulumi up once, which records the permission; then destroy. " +
          "To keep it and forget it here, run pulumi state delete URN with the URN that pulumi shows above; then destroy.",
      );
    }
    if (await this.claim(uuid)) return;
    throw new StepError(
      `The ${this.what} is not destroyed: it was there before this stack, or the bastion has lost ${this.path}, which says otherwise. ` +
        `If it may go, destroy it on the bastion (${byHand}). To keep it and forget it here, run pulumi state delete URN with the URN that pulumi shows above; then destroy.`,
    );
  }

  async forget(): Promise<void> {
    await this.bastion.run(["rm", "-f", this.path], { repeatable: true });
  }
}
