import { JujuRack } from "./support/jujuRack";

/** Files of settings and parameters of actions: YAML 1.1, as Juju reads it. */

describe("YAML for Juju", () => {
  let rack: JujuRack;
  beforeAll(async () => {
    rack = new JujuRack(null, "3.6.25");
    await rack.bootstrap();
    await rack.juju("deploy -m mc:os keystone --channel yoga/stable");
  });
  afterAll(() => rack.stop());

  const configured = async (text: string): Promise<string> => {
    const file = rack.file("settings.yaml", text);
    const { rc, stderr } = await rack.juju(`config -m mc:os keystone --file ${file}`);
    return rc === 0 ? "" : stderr;
  };

  test("yes is true, off is false, a quoted number is a text, and an alias is what it stands for", async () => {
    expect(
      await configured("keystone: &k\n  debug: yes\n  verbose: off\n  region: '0777'\nother: *k\n"),
    ).toBe("");
    const { settings } = await rack.json<{ settings: Record<string, { value: unknown }> }>(
      "config -m mc:os keystone",
    );
    expect(settings.debug!.value).toBe(true);
    expect(settings.verbose!.value).toBe(false);
    expect(settings.region!.value).toBe("0777");
  });

  test.each([
    ["keystone: [", "ERROR yaml: line 1: did not find expected node content\n"],
    [
      "- keystone\n",
      "ERROR yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into map[string]interface {}\n",
    ],
  ])("%j is refused in the words of Go's parser", async (text, error) => {
    expect(await configured(text)).toBe(error);
  });
});
