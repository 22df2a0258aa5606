import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { JujuRack, type Answer } from "./support/jujuRack";

interface User {
  "user-name": string;
  access: string;
  "last-connection": string;
  disabled?: boolean;
}

const GONE = `Provided registration token may have expired.
A controller administrator must reset your user to issue a new token.
See "juju help change-user-password" for more information.`;

/** A second person with a client of their own: added, registered, granted, shut out. */
describe("users of a controller", () => {
  let rack: JujuRack;
  beforeAll(async () => {
    rack = new JujuRack();
    await rack.bootstrap();
    mkdirSync(join(rack.home, "bob"));
  });
  afterAll(() => rack.stop());

  const admin = (line: string | string[], stdin = "") => rack.juju(line, stdin);
  const bob = async (line: string | string[], stdin = ""): Promise<Answer> => {
    const own = rack.env.JUJU_DATA;
    rack.env.JUJU_DATA = join(rack.home, "bob", "juju");
    try {
      return await rack.juju(line, stdin);
    } finally {
      rack.env.JUJU_DATA = own;
    }
  };
  const failed = (message: string, stdout = ""): Answer => ({
    rc: 1,
    stdout,
    stderr: `ERROR ${message}\n`,
  });
  const tokenIn = ({ stdout, stderr }: Answer): string =>
    /juju register (\S+)/.exec(stdout + stderr)?.[1] ?? "";

  let token = "";

  test("add-user prints what the user has to type; nobody is added twice", async () => {
    const answer = await admin(["add-user", "bob", "Bob Brown", "-c", "mc"]);
    token = tokenIn(answer);
    expect(answer).toEqual({
      rc: 0,
      stderr: "",
      stdout:
        'User "Bob Brown (bob)" added\nPlease send this command to bob:\n' +
        `    juju register ${token}\n\n` +
        '"Bob Brown (bob)" has not been granted access to any models. You can use "juju grant" to grant access.\n',
    });
    const data = Buffer.from(token.replaceAll("-", "+").replaceAll("_", "/"), "base64");
    // A sequence: the name, the addresses, 32 secret bytes, the controller's name.
    expect(data[0]).toBe(0x30);
    expect(data.subarray(2, 7).toString("latin1")).toBe("\x13\x03bob");
    expect(data.toString("latin1")).toContain("\x13\x02mc");
    expect(token).not.toContain("=");
    expect(await admin("add-user bob -c mc")).toEqual(
      failed("failed to create user: user bob already exists"),
    );
    expect(await admin("add-user b! -c mc")).toEqual(failed('invalid user name "b!"'));
  });

  test("lists, for people and for machines", async () => {
    expect(await admin("users -c mc --format json")).toMatchObject({ rc: 0 });
    const list = await rack.json<User[]>("users -c mc");
    expect(list).toMatchObject([
      { "user-name": "admin", access: "superuser", "last-connection": "just now" },
      {
        "user-name": "bob",
        "display-name": "Bob Brown",
        access: "login",
        "last-connection": "never connected",
      },
    ]);
    const { stdout } = await admin("users -c mc");
    expect(stdout).toMatch(
      /^Controller: mc\n\nName {4}Display name {2}Access {5}Date created +Last connection\nadmin\* {2}admin {9}superuser {2}.*just now\nbob {5}Bob Brown {5}login {6}.*never connected\n$/,
    );
    expect((await admin("show-user bob -c mc")).stdout).toMatch(
      /^user-name: bob\ndisplay-name: Bob Brown\naccess: login\n/,
    );
    expect(await admin("show-user nosuch -c mc")).toEqual(
      failed("nosuch: permission denied", "{}\n"),
    );
  });

  test.each([
    ["", "Enter a new password: \nERROR cannot read password: EOF\n"],
    ["\n", "Enter a new password: \nERROR you must specify a non-empty password\n"],
    ["s3cret\n", "Enter a new password: \nConfirm password: \nERROR EOF\n"],
    [
      "s3cret\nother\n",
      "Enter a new password: \nConfirm password: \nERROR passwords do not match\n",
    ],
  ])("register refuses what is typed: %j", async (typed, stderr) => {
    expect(await bob(["register", token], typed)).toEqual({ rc: 1, stdout: "", stderr });
  });

  test("register sets the first password, once", async () => {
    expect(await bob(["register", token], "s3cret\ns3cret\n\n")).toEqual({
      rc: 0,
      stdout: "",
      stderr:
        "Enter a new password: \nConfirm password: \nEnter a name for this controller [mc]: " +
        'Initial password successfully set for bob.\n\nWelcome, bob. You are now logged into "mc".\n' +
        '\nThere are no models available. You can add models with\n"juju add-model", or you can ask an administrator or owner\nof a model to grant access to that model with "juju grant".\n',
    });
    const cookie = join(rack.home, "bob", "juju", "cookies", "mc.json");
    expect(existsSync(cookie) && (statSync(cookie).mode & 0o777) === 0o600).toBe(true);
    expect((await bob("whoami")).stdout).toBe(
      "Controller:  mc\nModel:       <no-current-model>\nUser:        bob\n",
    );
    expect((await bob(["register", token], "x\nx\nother\n")).stderr).toContain(
      'A controller with the same address has already been registered on this client as "mc".\nYou are already logged in as user "bob".',
    );
    expect((await bob("logout")).rc).toBe(0);
    expect((await bob(["register", token, "--replace"], "x\nx\n\n")).stderr).toContain(GONE);
    expect(await bob(["register", "nonsense!"])).toMatchObject({
      rc: 1,
      stderr: "ERROR invalid registration token: illegal base64 data at input byte 8\n",
    });
  });

  test("login asks for the name and the password", async () => {
    expect(await bob("models")).toEqual(
      failed("no credentials provided (no credentials provided)"),
    );
    const wrong = 'cannot log into controller "mc": invalid entity name or password';
    expect((await bob("login -u bob", "wrong\n")).stderr).toBe(
      `Enter password: \nERROR ${wrong}\n`,
    );
    expect((await bob("login --no-prompt", "s3cret\n")).stderr).toBe(
      'ERROR cannot log into controller "mc": cannot deduce user, please pass --user with --no-prompt\n',
    );
    expect((await bob("login -c nosuch")).stderr).toBe(
      'ERROR controller "nosuch" does not exist\n',
    );
    const { rc, stderr } = await bob("login", "bob\ns3cret\n");
    expect(rc).toBe(0);
    expect(stderr).toMatch(
      /^Enter username: \nEnter password: \nWelcome, bob\. You are now logged into "mc"\.\n/,
    );
    expect(await bob("login")).toEqual({ rc: 0, stdout: "", stderr: "" });
    expect((await bob("login -u admin")).stderr).toBe(
      'ERROR cannot log into controller "mc": already logged in as bob.\n\nRun "juju logout" first before attempting to log in as a different user.\n',
    );
  });

  test("without a grant there is nothing to see and nothing to do", async () => {
    const { stdout } = await bob("models --format json");
    expect(JSON.parse(stdout)).toMatchObject({ models: [] });
    expect((await bob("status -m admin/os")).stderr).toBe("ERROR model mc:admin/os not found\n");
    expect((await bob("add-user eve")).stderr).toBe(
      '\nYou do not have permission to add a user.\nYou may ask an administrator to grant you access with "juju grant".\n\n' +
        "ERROR permission denied (unauthorized access)\n",
    );
    expect((await bob("add-model own")).stderr).toBe(
      "ERROR permission denied (unauthorized access)\n",
    );
    expect((await bob("enable-ha")).stderr).toBe("ERROR permission denied (unauthorized access)\n");
    expect(JSON.parse((await bob("users --format json")).stdout)).toMatchObject([
      { "user-name": "bob", "last-connection": "just now" },
    ]);
  });

  test("read, write and admin are granted and revoked step by step", async () => {
    expect(await admin("grant bob read os -c mc")).toEqual({ rc: 0, stdout: "", stderr: "" });
    expect((await bob("status -m admin/os --format json")).rc).toBe(0);
    const denied = failed("permission denied (unauthorized access)");
    expect(await bob("deploy -m admin/os ubuntu")).toEqual(denied);
    expect(await admin("grant bob read os -c mc")).toEqual(
      failed('user already has "read" access or greater'),
    );
    await admin("grant bob write os -c mc");
    expect((await bob("model-config -m admin/os update-status-hook-interval=6m")).rc).toBe(0);
    expect(await bob("destroy-model admin/os --no-prompt")).toMatchObject({ rc: 1 });
    expect(await bob("grant bob admin admin/os")).toEqual(failed("permission denied"));
    const table = (await admin("users os -c mc")).stdout;
    expect(table).toMatch(
      /^Name +Display name +Access +Last connection\nadmin\* .*\nbob .* write /,
    );
    expect((await admin("revoke bob write os -c mc")).rc).toBe(0);
    expect(await rack.json("users os -c mc")).toMatchObject({ bob: { access: "read" } });
    expect((await admin("revoke bob read os -c mc")).rc).toBe(0);
    expect(await admin("revoke bob read os -c mc")).toEqual(
      failed('could not revoke model access: model user "bob" does not exist'),
    );
    expect(await admin("revoke bob admin os -c mc")).toEqual(
      failed('could not look up model access for user: model user "bob" not found'),
    );
  });

  test.each([
    [
      "grant nosuch read os -c mc",
      'could not grant model access: user "nosuch" does not exist locally: user "nosuch" not found',
    ],
    [
      "grant nosuch superuser -c mc",
      'could not grant controller access: user "nosuch" does not exist locally: user "nosuch" not found',
    ],
    [
      "grant bob login -c mc",
      'could not grant controller access: user already has "login" access or greater',
    ],
    ["grant b! login -c mc", 'invalid username: "b!"'],
    ["grant bob read nosuch -c mc", "model mc:admin/nosuch not found"],
    ["grant bob read admin/os.nosuch -c mc", 'application offer "nosuch" not found'],
  ])("is refused: %s", async (line, message) => {
    expect(await admin(line)).toEqual(failed(message));
  });

  test("superuser of the controller may do everything", async () => {
    expect((await admin("grant bob superuser -c mc")).rc).toBe(0);
    expect((await bob("add-user eve")).rc).toBe(0);
    expect((await bob("add-model own --no-switch")).rc).toBe(0);
    expect((await admin("revoke bob superuser -c mc")).rc).toBe(0);
    expect(await rack.json("show-user bob -c mc")).toMatchObject({ access: "login" });
  });

  test("a disabled user is shut out until it is enabled again", async () => {
    expect(await admin("disable-user bob -c mc")).toEqual({
      rc: 0,
      stdout: "",
      stderr: 'User "bob" disabled\n',
    });
    expect(await bob("models")).toEqual(
      failed("invalid entity name or password (unauthorized access)"),
    );
    const names = async (flag: string) =>
      (await rack.json<User[]>(`users -c mc${flag}`)).map((each) => each["user-name"]);
    expect(await names("")).toEqual(["admin", "eve"]);
    expect(await names(" --all")).toEqual(["admin", "bob", "eve"]);
    expect((await admin("users -c mc --all")).stdout).toMatch(/^bob .*\(disabled\)$/m);
    expect((await admin("enable-user bob -c mc")).stderr).toBe('User "bob" enabled\n');
    expect((await bob("models")).rc).toBe(0);
    expect(await admin("disable-user admin -c mc")).toEqual(
      failed("failed to disable user: cannot disable controller model owner"),
    );
    expect(await admin("enable-user nosuch -c mc")).toEqual(failed("permission denied"));
  });

  test.each([
    ["", "new password: \nERROR EOF\n"],
    ["\n", "new password: \nERROR you must enter a password\n"],
    ["a\nb\n", "new password: \ntype new password again: \nERROR Passwords do not match\n"],
  ])("change-user-password refuses what is typed: %j", async (typed, stderr) => {
    expect(await admin("change-user-password -c mc", typed)).toEqual({ rc: 1, stdout: "", stderr });
  });

  test("a password is changed by its owner, or reset by somebody else", async () => {
    expect(await bob("logout")).toMatchObject({
      stderr: "Logged out. You are no longer logged into any controllers.\n",
    });
    const reset = await admin("change-user-password bob --reset -c mc");
    expect(reset.stderr).toMatch(
      /^Password for "bob" has been reset\.\nAsk the user to run:\n {5}juju register \S+\n\n$/,
    );
    expect((await bob("login -u bob", "s3cret\n")).rc).toBe(1);
    const again = await bob(["register", tokenIn(reset), "--replace"], "n3w\nn3w\n\n");
    expect(again.stderr).toContain("Initial password successfully set for bob.\n");
    expect((await admin("logout")).stderr).toContain("ERROR No selected controller.");
    expect((await admin("logout -c mc")).stderr).toContain("ERROR preventing account loss\n");
    expect(await admin("change-user-password -c mc --no-prompt", "own\n")).toEqual({
      rc: 0,
      stdout: "",
      stderr: "reading password from stdin...\nYour password has been changed.\n",
    });
    expect((await admin("models -c mc")).rc).toBe(0);
    expect((await admin("logout -c mc")).rc).toBe(0);
    expect((await admin("login -c mc -u admin --no-prompt", "own\n")).rc).toBe(0);
    await rack.advance(25 * 3600);
    const asked = await admin("models -c mc");
    expect(asked.stderr).toMatch(
      /^please enter password for admin on mc: \nERROR cannot get discharge from /,
    );
    expect((await admin("models -c mc", "own\n")).rc).toBe(0);
    expect((await admin("models -c mc")).rc).toBe(0);
  });

  test("a removed user is gone, and may come again", async () => {
    const question = await admin("remove-user bob -c mc");
    expect(question).toMatchObject({ rc: 1, stderr: "ERROR user deletion aborted\n" });
    expect(question.stdout).toMatch(/^WARNING! .*"bob" on the "mc"\n[^]*Continue \(y\/N\)\? $/);
    expect(await admin("remove-user bob -c mc -y")).toEqual({
      rc: 0,
      stdout: 'User "bob" removed\n',
      stderr: "",
    });
    expect((await bob("models", "n3w\n")).stderr).toContain("invalid entity name or password");
    expect(await admin("remove-user bob -c mc --yes")).toEqual(
      failed('failed to delete user "bob": the user has already been permanently deleted'),
    );
    expect(await admin("remove-user nosuch -c mc --yes")).toEqual(
      failed('failed to delete user "nosuch": user "nosuch" not found'),
    );
    expect(await admin("remove-user admin -c mc --yes")).toEqual(
      failed('cannot delete controller owner "admin"'),
    );
    expect((await admin("add-user bob -c mc")).rc).toBe(0);
  });
});
